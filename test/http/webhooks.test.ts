import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Execute } from '../../src/domain/kernel/index.ts';
import { openBank } from '../payments/bank.ts';
import { createHttpHarness, type HttpHarness } from './harness.ts';

let http: HttpHarness;
const heard: { name: string; input: { provider: string; rawBody: string; headers: Record<string, string> } }[] = [];
beforeAll(async () => {
  http = await createHttpHarness((market) => {
    openBank(market);
    // The pipeline as it is, with an ear on what reaches it.
    const execute: Execute = (name, input, by) => {
      heard.push({ name, input: input as never });
      return market.execute(name, input, by);
    };
    return { execute };
  });
});
afterAll(() => http.close());

test('the body reaches the command byte for byte, with the headers it is signed by', async () => {
  const url = await http.listen();
  const rawBody = '\uFEFF{ "amount":1.50,\r\n\t"name":"Zoë — 市場 👟", "amount":1.50 }\n';
  const headers = { 'Content-Type': 'application/json', 'Soko-Signature': 't=1,v1=00' };
  await fetch(`${url}/v1/webhooks/sandbox`, { method: 'POST', body: Buffer.from(rawBody), headers });
  const { name, input } = heard.at(-1)!;
  expect({ name, provider: input.provider }).toEqual({ name: 'payments.receiveWebhook', provider: 'sandbox' });
  expect(input.rawBody).toBe(rawBody);
  expect(input.headers['soko-signature']).toBe('t=1,v1=00');
});

test.each([
  ['sandbox', '{}', 401, 'payments.webhook_refused'],
  ['nobody', '{}', 404, 'payments.unknown_provider'],
  ['sandbox', Buffer.from([0xc3, 0x28]), 400, 'frame.malformed'],
  ['sandbox', 'x'.repeat(1024 * 1024 + 1), 413, 'frame.too_large'],
])('a message for %s that is not its own is refused', async (provider, body, status, code) => {
  const response = await http.send(`/v1/webhooks/${provider}`, { method: 'POST', body });
  expect(response.status).toBe(status);
  expect((await response.json()).error.code).toBe(code);
  const db = http.market.database.fork().getKysely();
  const { rows } = await sql`select 1 from provider_event`.execute(db);
  expect(rows).toEqual([]);
});
