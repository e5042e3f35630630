import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createHarness, type Harness } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';
import { codeTo, newEmail, signUp, type SignedUp } from './mailbox.ts';

let market: Harness;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
});
afterAll(() => market.close());
afterEach(() => {
  market.clock.offsetMs = 0;
});

const hashOf = (email: string) => createHash('sha256').update(email.toLowerCase()).digest('hex');
const discover = (person: SignedUp, discoverable = true) => market.ok(person.actor, 'users.update', { discoverable });

async function match(as: SignedUp, emails: string[]) {
  const { items } = await market.ok(as.actor, 'contacts.match', { emailHashes: emails.map(hashOf) });
  return items.map(({ emailHash, user }: { emailHash: string; user: { id: string } }) => [emailHash, user.id]);
}

async function friends() {
  const [asha, juma] = [await signUp(market), await signUp(market)];
  await discover(asha);
  await discover(juma);
  return { asha, juma };
}

test('two who let themselves be found find one another by address, and strangers nobody', async () => {
  const { asha, juma } = await friends();
  expect(await match(asha, [juma.email, newEmail()])).toEqual([[hashOf(juma.email), juma.id]]);
  expect(await match(juma, [asha.email])).toEqual([[hashOf(asha.email), asha.id]]);
  expect(await match(asha, [asha.email])).toEqual([]);
});

test('consent is needed on both sides, and ends when it is taken back', async () => {
  const { asha, juma } = await friends();
  await discover(juma, false);
  expect(await match(asha, [juma.email])).toEqual([]);
  expect(await match(juma, [asha.email])).toEqual([]);
  await discover(juma);
  expect(await match(asha, [juma.email])).toHaveLength(1);
});

test('an address that was only claimed finds nobody, and one that was replaced finds nobody any more', async () => {
  const { asha, juma } = await friends();
  const claimed = await signUp(market, { proven: false });
  await discover(claimed);
  expect(await match(asha, [claimed.email])).toEqual([]);
  const next = newEmail();
  await market.ok(juma.actor, 'otp.send', { email: next });
  await market.ok(juma.actor, 'otp.verify', { email: next, code: await codeTo(market, next) });
  expect(await match(asha, [juma.email, next])).toEqual([[hashOf(next), juma.id]]);
});

test('suspended and deleted people are not found', async () => {
  const { asha, juma } = await friends();
  const admin = await market.user({ roles: ['admin'] });
  await market.ok(admin, 'users.suspend', { userId: juma.id, reason: 'fraud' });
  expect(await match(asha, [juma.email])).toEqual([]);
  await market.ok(admin, 'users.remove', { userId: juma.id, reason: 'asked' });
  expect(await match(asha, [juma.email])).toEqual([]);
});

test('5,000 hashes a day are looked up for one person, however many calls come at once', async () => {
  const { asha } = await friends();
  const page = (from: number) => Array.from({ length: 1_000 }, (_, index) => hashOf(`${from + index}@mail.test`));
  const calls = await Promise.all(
    Array.from({ length: 8 }, (_, index) =>
      market.call(asha.actor, 'contacts.match', { emailHashes: page(index * 1_000) }),
    ),
  );
  expect(calls.filter(({ ok }) => ok)).toHaveLength(5);
  market.clock.offsetMs = 24 * 3_600_000 + 1_000;
  expect((await market.call(asha.actor, 'contacts.match', { emailHashes: page(0) })).ok).toBe(true);
});

test('what is stored of an address is keyed', async () => {
  const { asha } = await friends();
  const sql = 'select contact_key from account where id = ?';
  const [row] = await market.database.orm.em.getConnection().execute(sql, [asha.id]);
  expect(row?.contact_key).toMatch(/^[\w-]{43}$/);
  expect(row?.contact_key).not.toBe(hashOf(asha.email));
});
