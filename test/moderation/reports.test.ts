import { afterAll, beforeAll, expect, test } from 'vitest';
import { moderationLimits } from '../../src/domain/moderation/rules.ts';
import { reviewed } from '../reviews/completed-order.ts';
import { liveStream } from '../streams/live-stream.ts';
import { guest, type Harness, type TestUser } from '../support/harness.ts';
import { createListing } from '../support/listings.ts';
import { createMarket, purchase, travel } from '../payments/bank.ts';
import { member, openShop } from '../merchants/shop.ts';
import { confirmedUpload, diskPort, partsOf } from '../support/disk.ts';
import { claimed, reported, reportedMessage } from './reported.ts';

let market: Harness;
beforeAll(async () => {
  ({ market } = await createMarket());
});
afterAll(() => market.close());

interface Claimed {
  readonly moderator: TestUser;
  readonly reportId: string;
  readonly version: number;
}
const resolve = ({ moderator, reportId, version }: Claimed, action: string, more = {}) =>
  market.ok(moderator, 'reports.resolve', { reportId, version, action, note: 'Looked at it', ...more });
const last = async (user: TestUser, entity: string) =>
  (await market.inboxOf(user)).findLast(({ data }) => data.entity === entity)?.data;

test('only what one can see can be reported', async () => {
  const stranger = await market.user();
  const { messageId } = await reportedMessage(market);
  const { id: draft } = await createListing(market, await market.user(), { draft: true });
  const { reviewId } = await reviewed(market);
  for (const subject of [
    { kind: 'message', id: messageId },
    { kind: 'listing', id: draft },
    { kind: 'review', id: reviewId },
  ]) {
    expect(await market.fails(stranger, 'reports.file', { subject, reason: 'spam' })).toBe('reports.subject_not_found');
  }
});

test('a person has one open report about a thing, however often and fast they file', async () => {
  const reporter = await market.user();
  const subject = { kind: 'user', id: (await market.user()).id };
  const replies = await Promise.all(
    [1, 2, 3, 4].map(() => market.call(reporter, 'reports.file', { subject, reason: 'spam' })),
  );
  expect(replies.filter(({ ok }) => ok)).toHaveLength(1);
  expect((await market.ok(reporter, 'reports.mine')).items).toHaveLength(1);
});

test('a seller who reported a person may complain about them as a buyer too, each once', async () => {
  const { seller, buyer, orderId } = await purchase(market);
  const subject = { kind: 'user', id: buyer.id };
  await market.ok(seller, 'reports.file', { subject, reason: 'harassment' });
  await market.ok(seller, 'complaints.file', { orderId, reason: 'no_show' });
  const again = { orderId, reason: 'fraud' };
  expect(await market.fails(seller, 'complaints.file', again)).toBe('reports.already_open');
  expect((await market.ok(seller, 'reports.mine')).items.map(({ kind }: { kind: string }) => kind).toSorted()).toEqual([
    'complaint',
    'report',
  ]);
});

test('evidence opens for five minutes to the moderator who claimed the report, and each look is logged', async () => {
  const reporter = await market.user();
  const uploadId = await confirmedUpload(market, reporter, { purpose: 'evidence' });
  const unseen = await confirmedUpload(market, reporter, { purpose: 'evidence' });
  await market.runJob('uploads.process');
  const subject = { kind: 'user', id: (await market.user()).id };
  const filing = { subject, reason: 'fraud', evidenceIds: [uploadId] };
  const { id: reportId } = await market.ok(reporter, 'reports.file', filing);
  const [as, other] = [await market.user({ roles: ['moderator'] }), await market.user({ roles: ['moderator'] })];
  expect(await market.fails(as, 'reports.evidence', { reportId })).toBe('reports.not_claimed');
  const { version, evidenceIds } = await market.ok(as, 'reports.claim', { reportId });
  expect(evidenceIds).toEqual([uploadId]);
  const { items } = await market.ok(as, 'reports.evidence', { reportId });
  expect(items).toEqual([{ uploadId, link: expect.any(Object) }]);
  expect(JSON.stringify(items)).not.toContain(unseen);
  const disk = market.ports.get(diskPort);
  const served = await disk.openFile(partsOf(items[0].link.url));
  expect(served.status).toBe(200);
  if (served.status === 200) await served.stream.cancel();
  expect(await market.fails(other, 'reports.evidence', { reportId })).toBe('reports.claimed');
  const admin = await market.user({ roles: ['admin'] });
  expect(await market.fails(admin, 'reports.evidence', { reportId })).toBe('reports.claimed');
  const looks = await market.database
    .fork()
    .getConnection()
    .execute("select actor_id from audit_entry where action = 'reports.evidenceOpened' and subject_id = ?", [
      reporter.id,
    ]);
  expect(looks).toEqual([{ actor_id: as.id }]);
  await resolve({ moderator: as, reportId, version }, 'dismiss');
  expect(await market.fails(as, 'reports.evidence', { reportId })).toBe('reports.closed');
  travel(market, 6 * 60_000);
  expect((await disk.openFile(partsOf(items[0].link.url))).status).toBe(403);
});

test('a removed message is gone for both sides, and moderators still read what was reported', async () => {
  const found = await reportedMessage(market);
  await resolve(found, 'remove');
  const { items } = await market.ok(found.buyer, 'messages.list', { conversationId: found.conversationId });
  expect(items).toMatchObject([{ removed: true, text: null }]);
  const { report } = await market.ok(found.moderator, 'reports.get', { reportId: found.reportId });
  expect(report.snapshot).toMatchObject({ text: 'Hello' });
  expect(await last(found.buyer, 'sanction')).toMatchObject({ action: 'remove', reason: 'fraud' });
});

test('all reports about the same are decided together, and nobody learns who filed them', async () => {
  const first = await reported(market);
  const second = await market.user();
  await market.ok(second, 'reports.file', { subject: first.subject, reason: 'counterfeit' });
  const { items } = await market.ok(first.moderator, 'reports.queue', { kind: 'listing', limit: 100 });
  const item = items.find(({ subject }: { subject: { id: string } }) => subject.id === first.subject.id);
  expect(item).toMatchObject({ count: 2, priority: 9, state: 'open', reportId: first.reportId });
  const { version } = await market.ok(first.moderator, 'reports.claim', { reportId: first.reportId });
  await resolve({ ...first, version }, 'remove');
  for (const reporter of [first.reporter, second]) {
    expect(await last(reporter, 'report')).toMatchObject({ state: 'resolved' });
  }
  expect(await market.fails(guest as never, 'listings.get', { listingId: first.subject.id })).toBe(
    'listings.not_found',
  );
  const told = JSON.stringify((await market.inboxOf(first.owner)).map(({ data }) => data));
  for (const { id } of [first.reporter, second, first.moderator]) expect(told).not.toContain(id);
});

test('the seller of a listing shadowed on report is told nothing', async () => {
  const found = await claimed(market);
  const before = await market.inboxOf(found.owner);
  await resolve(found, 'shadow');
  expect(await market.inboxOf(found.owner)).toEqual(before);
  expect(await market.fails(null, 'listings.get', { listingId: found.subject.id })).toBe('listings.not_found');
});

test('a review is hidden and a stream ended on report', async () => {
  const { reviewId, seller } = await reviewed(market, { bySeller: 5 });
  await resolve(await claimed(market, { kind: 'review', id: reviewId }), 'remove');
  expect((await market.ok(null, 'reviews.list', { userId: seller.id })).items).toEqual([]);
  const { streamId } = await liveStream(market);
  await resolve(await claimed(market, { kind: 'stream', id: streamId }), 'remove');
  expect(await market.ok(null, 'streams.get', { streamId })).toMatchObject({ state: 'ended' });
});

test('a suspension cuts every session and ends by itself when it was given an end', async () => {
  const suspect = await market.user();
  const found = await claimed(market, { kind: 'user', id: suspect.id });
  market.delivered.length = 0;
  const untilAt = new Date(Date.now() + market.clock.offsetMs + 3_600_000).toISOString();
  await resolve(found, 'suspend', { untilAt });
  expect(market.delivered.flatMap(({ evictions }) => evictions)).toEqual([{ userId: suspect.id, reason: 'suspended' }]);
  expect(await market.fails(null, 'users.get', { userId: suspect.id })).toBe('users.not_found');
  await market.runJob('sanctions.lift');
  expect(await market.fails(null, 'users.get', { userId: suspect.id })).toBe('users.not_found');
  travel(market, 3_600_001);
  await market.runJob('sanctions.lift');
  await market.ok(null, 'users.get', { userId: suspect.id });
  expect(await last(suspect, 'sanction')).toMatchObject({ action: 'suspend', endedAt: expect.any(String) });
});

test('two moderators who claim at once do not both get it; a forgotten claim may be taken over', async () => {
  const found = await reported(market);
  const { reportId } = found;
  const other = await market.user({ roles: ['moderator'] });
  const both = [found.moderator, other];
  const replies = await Promise.all(both.map((as) => market.call(as, 'reports.claim', { reportId })));
  expect(replies.filter(({ ok }) => ok)).toHaveLength(1);
  const loser = both[replies.findIndex(({ ok }) => !ok)]!;
  travel(market, moderationLimits.claimMs);
  await market.ok(loser, 'reports.claim', { reportId });
});

test('moderators judge neither themselves nor colleagues nor what they reported; admins judge moderators', async () => {
  const [accused, colleague] = [
    await market.user({ roles: ['moderator'] }),
    await market.user({ roles: ['moderator'] }),
  ];
  const { id: reportId } = await market.ok(colleague, 'reports.file', {
    subject: { kind: 'user', id: accused.id },
    reason: 'fraud',
  });
  const third = await market.user({ roles: ['moderator'] });
  for (const as of [accused, colleague, third]) {
    expect(await market.fails(as, 'reports.claim', { reportId })).toBe('reports.conflict_of_interest');
  }
  await market.ok(await market.user({ roles: ['admin'] }), 'reports.claim', { reportId });
});

test('a shop suspended on report is hidden and comes back by itself, while its owner stays in', async () => {
  const { owner, merchantId } = await openShop(market);
  const { id: listingId } = await createListing(market, owner);
  const untilAt = new Date(Date.now() + market.clock.offsetMs + 3_600_000).toISOString();
  await resolve(await claimed(market, { kind: 'merchant', id: merchantId }), 'suspend', { untilAt });
  expect(await market.fails(null, 'merchants.profile', { merchantId })).toBe('merchants.not_found');
  expect(await market.fails(null, 'listings.get', { listingId })).toBe('listings.not_found');
  expect(await last(owner, 'merchant')).toMatchObject({ state: 'suspended', reason: 'Looked at it' });
  expect(await last(owner, 'sanction')).toMatchObject({ action: 'suspend', subject: { kind: 'merchant' } });
  await market.ok(null, 'users.get', { userId: owner.id });
  travel(market, 3_600_001);
  await market.runJob('sanctions.lift');
  await market.ok(null, 'merchants.profile', { merchantId });
  await market.ok(null, 'listings.get', { listingId });
  expect(await last(owner, 'merchant')).toMatchObject({ state: 'active', reason: null });
});

test('a shop that an admin and moderators suspended is open again once both have taken it back', async () => {
  const admin = await market.user({ roles: ['admin'] });
  const isOpen = async (merchantId: string) => (await market.call(null, 'merchants.profile', { merchantId })).ok;
  const suspendedTwice = async (untilAt?: string) => {
    const { merchantId } = await openShop(market);
    const found = await claimed(market, { kind: 'merchant', id: merchantId });
    await market.ok(admin, 'merchants.suspend', { merchantId, reason: 'Sold fakes.' });
    await resolve(found, 'suspend', untilAt ? { untilAt } : {});
    return merchantId;
  };
  const merchantId = await suspendedTwice();
  const lift = { merchantId, reason: 'A mistake.' };
  await market.ok(admin, 'merchants.reinstate', lift);
  expect(await isOpen(merchantId)).toBe(false);
  expect(await market.fails(admin, 'merchants.reinstate', lift)).toBe('merchants.wrong_state');
  await market.ok(admin, 'merchants.reinstate', { ...lift, held: 'moderation' });
  expect(await isOpen(merchantId)).toBe(true);

  const soon = new Date(Date.now() + market.clock.offsetMs + 60_000).toISOString();
  const other = await suspendedTwice(soon);
  travel(market, 60_001);
  await market.runJob('sanctions.lift');
  expect(await isOpen(other)).toBe(false);
  await market.ok(admin, 'merchants.reinstate', { merchantId: other, reason: 'A mistake.' });
  expect(await isOpen(other)).toBe(true);
});

test('a suspension that a second decision prolonged does not end with the first', async () => {
  const { owner } = await openShop(market);
  const listings = [await createListing(market, owner), await createListing(market, owner)];
  const first = await claimed(market, { kind: 'listing', id: listings[0]!.id });
  const second = await claimed(market, { kind: 'listing', id: listings[1]!.id });
  const untilAt = new Date(Date.now() + market.clock.offsetMs + 60_000).toISOString();
  await resolve(first, 'suspend', { untilAt });
  await resolve(second, 'suspend');
  travel(market, 60_001);
  await market.runJob('sanctions.lift');
  expect(await market.fails(null, 'users.get', { userId: owner.id })).toBe('users.not_found');
});

test('moderators do not judge a shop that they work for, nor what it sells', async () => {
  const shop = await openShop(market);
  const worker = await member(market, shop);
  const as = { ...worker, actor: { ...worker.actor, roles: ['moderator' as const] } };
  const { id: listingId } = await createListing(market, shop.owner);
  for (const subject of [
    { kind: 'merchant', id: shop.merchantId },
    { kind: 'listing', id: listingId },
  ]) {
    const { reportId } = await reported(market, subject);
    expect(await market.fails(as, 'reports.claim', { reportId })).toBe('reports.conflict_of_interest');
  }
});
