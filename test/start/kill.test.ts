import { afterAll, beforeAll, expect, test } from 'vitest';
import { httpClient, registered } from '../support/http-client.ts';
import { startProcess, tempFolder } from '../support/process.ts';

let data: Awaited<ReturnType<typeof tempFolder>>;
beforeAll(async () => {
  data = await tempFolder();
});
afterAll(() => data.remove());

test('kill -9 in the middle of trading loses no answered order and leaves no half-made one', async () => {
  const env = { DATA_DIR: data.folder, PAYMENT_WINDOW: '1h' };
  const before = await startProcess(env);
  const seller = await registered(before.url, 'Seller');
  const buyer = await registered(before.url, 'Buyer');
  const categories = await httpClient(before.url)('categories.list');
  const quantity = 500;
  const listing = await seller.call('listings.create', {
    title: 'Pencil',
    description: 'One of many',
    categoryId: categories.items[0].id,
    priceMinor: 50,
    currency: 'USD',
    condition: 'new',
    quantity,
  });
  const answered: string[] = [];
  const trade = new AbortController();
  // A slow machine may refuse one for being late: then the next is tried.
  const refusals: unknown[] = [];
  const trading = Array.from({ length: 4 }, async () => {
    while (!trade.signal.aborted) {
      await buyer
        .call('orders.place', {
          listingId: listing.id,
          quantity: 1,
          delivery: { method: 'pickup' },
          paymentMethod: 'sandbox',
        })
        .then(
          ({ orders }) => answered.push(orders[0].id),
          (refusal: unknown) => refusals.push(refusal),
        );
    }
  });
  const told = () => (answered.length < 12 ? String(refusals.at(-1)) : 'enough');
  await expect.poll(told, { timeout: 90_000 }).toBe('enough');
  expect(await before.end('SIGKILL')).toBeNull();
  trade.abort();
  await Promise.all(trading);

  const after = await startProcess(env);
  const call = httpClient(after.url, buyer.token);
  const stored: string[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await call('orders.list', { as: 'buyer', limit: 100, ...(cursor ? { cursor } : {}) });
    stored.push(...page.items.map((order: { id: string }) => order.id));
    if (!page.nextCursor) break;
    cursor = page.nextCursor;
  }
  expect(stored).toEqual(expect.arrayContaining(answered));
  const { available } = await call('listings.get', { listingId: listing.id });
  expect(available).toBe(quantity - stored.length);
  const { epoch, head } = await call('sync.snapshot');
  const { events } = await call('sync.pull', { epoch, after: 0, limit: 500 });
  expect(events.map((event: { seq: number }) => event.seq)).toEqual(
    Array.from({ length: head }, (_, index) => index + 1),
  );
  expect(await after.end('SIGTERM')).toBe(0);
}, 600_000);
