import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { member, openShop } from '../merchants/shop.ts';
import { claimed, reported } from '../moderation/reported.ts';
import { createHarness, type Harness, type TestUser } from '../support/harness.ts';
import { createListing } from '../support/listings.ts';
import { bindTestPorts } from '../support/ports.ts';

let market: Harness;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
});
afterAll(() => market.close());
afterEach(() => {
  market.clock.offsetMs = 0;
});

const hourMs = 3_600_000;

/** Suspends a person on report, for so long. */
async function suspend(suspect: TestUser, forMs: number | null): Promise<void> {
  const { moderator, reportId, version } = await claimed(market, { kind: 'user', id: suspect.id });
  const untilAt = new Date(Date.now() + market.clock.offsetMs + (forMs ?? 0)).toISOString();
  const end = forMs === null ? {} : { untilAt };
  await market.ok(moderator, 'reports.resolve', { reportId, version, action: 'suspend', note: 'Again.', ...end });
}

async function isOut(suspect: TestUser, afterMs: number): Promise<boolean> {
  market.clock.offsetMs = afterMs;
  await market.runJob('sanctions.lift');
  return !(await market.call(null, 'users.get', { userId: suspect.id })).ok;
}

test('a moderator cannot let in whom an admin keeps out, by suspending them for a moment', async () => {
  const suspect = await market.user();
  const admin = await market.user({ roles: ['admin'] });
  await market.ok(admin, 'users.suspend', { userId: suspect.id, reason: 'For good.' });
  await suspend(suspect, 1_000);
  expect(await isOut(suspect, hourMs)).toBe(true);
});

test('of several suspensions the longest holds', async () => {
  for (const terms of [
    [2 * hourMs, hourMs],
    [hourMs, 2 * hourMs],
  ]) {
    const suspect = await market.user();
    for (const term of terms) await suspend(suspect, term);
    expect(await isOut(suspect, 1.5 * hourMs)).toBe(true);
    expect(await isOut(suspect, 2.5 * hourMs)).toBe(false);
    market.clock.offsetMs = 0;
  }
  const suspect = await market.user();
  for (const term of [hourMs, null]) await suspend(suspect, term);
  expect(await isOut(suspect, 24 * hourMs)).toBe(true);
});

test('staff do not learn who reported them', async () => {
  const accused = await market.user({ roles: ['moderator'] });
  const { reportId, moderator } = await reported(market, { kind: 'user', id: accused.id });
  expect(await market.fails(accused, 'reports.get', { reportId })).toBe('reports.not_found');
  const seenBy = async (as: TestUser) =>
    (await market.ok(as, 'reports.queue', { limit: 100 })).items.map((item: { reportId: string }) => item.reportId);
  expect(await seenBy(accused)).not.toContain(reportId);
  expect(await seenBy(moderator)).toContain(reportId);
});

test('nobody judges what the shop that they work for sells, says or is reported for', async () => {
  const shop = await openShop(market);
  const { id: userId } = await market.user();
  const works = await member(market, shop);
  const moderator = { ...works, actor: { ...works.actor, roles: ['moderator' as const] } };
  const { id: listingId } = await createListing(market, shop.owner);
  const by = { listingId, action: 'shadow', reason: 'Out of favour.' };
  expect(await market.fails(moderator, 'listings.moderate', by)).toBe('auth.forbidden');
  for (const subject of [
    { kind: 'listing', id: listingId },
    { kind: 'user', id: shop.owner.id },
  ]) {
    const { reportId } = await reported(market, subject);
    expect(await market.fails(moderator, 'reports.claim', { reportId })).toBe('reports.conflict_of_interest');
  }
  const stranger = { kind: 'user', id: userId };
  await market.ok(moderator, 'reports.claim', { reportId: (await reported(market, stranger)).reportId });
});
