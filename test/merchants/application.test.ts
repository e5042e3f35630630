import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHarness, type Harness } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';
import { createListing } from '../support/listings.ts';
import { application, decideApplication, member, openShop } from './shop.ts';

let market: Harness;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
});
afterAll(() => market.close());

const admin = () => market.user({ roles: ['admin'] });
const templates = async (userId: string) => {
  const statement = `select notice->>'template' as template from inbox_notice where user_id = ? order by seq`;
  const rows = await market.database.fork().getConnection().execute<{ template: string }[]>(statement, [userId]);
  return rows.map(({ template }) => template);
};

test('an approval opens the shop, makes the applicant its owner and gives the role', async () => {
  const owner = await market.user();
  const { id } = await market.ok(owner, 'merchants.apply', application({ name: 'Café Über' }));
  const { merchantId } = await decideApplication(market, id, { decision: 'approve' });
  expect((await market.ok(owner, 'users.me')).roles).toEqual(['merchant']);
  const profile = await market.ok(null, 'merchants.profile', { slug: 'cafe-uber' });
  expect(profile).toMatchObject({ id: merchantId, name: 'Café Über', sellerId: owner.id });
  expect(profile).not.toHaveProperty('contactEmail');
  expect(await templates(owner.id)).toEqual(['application.approved']);
  expect(market.delivered.flatMap(({ evictions }) => evictions)).toContainEqual({ userId: owner.id, recheck: true });
});

test('a rejected applicant reads why and applies again with the same application', async () => {
  const owner = await market.user();
  const { id } = await market.ok(owner, 'merchants.apply', application());
  await decideApplication(market, id, { decision: 'reject', reason: 'Tell us more.' });
  const { application: rejected } = await market.ok(owner, 'merchants.application');
  expect(rejected).toMatchObject({
    id,
    state: 'rejected',
    reason: 'Tell us more.',
    allowedActions: ['merchants.apply'],
  });
  const again = await market.ok(owner, 'merchants.apply', application({ description: 'Much more.' }));
  expect(again).toMatchObject({ id, state: 'submitted', reason: null, description: 'Much more.' });
});

test('nobody decides on their own application, or reinstates a shop that they work for', async () => {
  const self = await admin();
  const { id: applicationId } = await market.ok(self, 'merchants.apply', application());
  const input = { applicationId, version: 2, decision: 'approve' };
  expect(await market.fails(self, 'merchants.reviewApplication', input)).toBe('merchants.own');
  const { merchantId } = await decideApplication(market, applicationId, { decision: 'approve' });
  await market.ok(await admin(), 'merchants.suspend', { merchantId, reason: 'Fakes.' });
  const reinstate = { merchantId, reason: 'I say so.' };
  expect(await market.fails(self, 'merchants.reinstate', reinstate)).toBe('merchants.own');
});

test('two applications of one person at once: one is taken', async () => {
  const owner = await market.user();
  const replies = await Promise.all([1, 2, 3].map(() => market.call(owner, 'merchants.apply', application())));
  expect(replies.filter(({ ok }) => ok)).toHaveLength(1);
});

test('two approvals at once of applications for one slug: one shop gets it', async () => {
  const slug = `same-${Date.now()}`;
  const claims = [];
  for (const applicant of [await market.user(), await market.user()]) {
    const { id: applicationId } = await market.ok(applicant, 'merchants.apply', application({ slug }));
    const reviewer = await admin();
    const { version } = await market.ok(reviewer, 'merchants.claimApplication', { applicationId });
    claims.push({ reviewer, input: { applicationId, version, decision: 'approve' } });
  }
  const replies = await Promise.all(
    claims.map(({ reviewer, input }) => market.call(reviewer, 'merchants.reviewApplication', input)),
  );
  expect(replies.map((reply) => (reply.ok ? 'ok' : reply.error.code)).toSorted()).toEqual([
    'merchants.slug_taken',
    'ok',
  ]);
});

test('the queue of applications is the oldest first, page by page', async () => {
  const ids: string[] = [];
  for (let index = 0; index < 3; index += 1) {
    ids.push((await market.ok(await market.user(), 'merchants.apply', application())).id);
  }
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await market.ok(await admin(), 'merchants.applications', { limit: 2, ...(cursor && { cursor }) });
    seen.push(...page.items.map(({ id }: { id: string }) => id));
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  expect(seen.filter((id) => ids.includes(id))).toEqual(ids);
});

test('a suspension hides the shop, tells its team why, and can be taken back', async () => {
  const shop = await openShop(market);
  const { merchantId, owner } = shop;
  const staff = await member(market, shop);
  await createListing(market, owner);
  const suspendedAt = async () => {
    const statement = 'select selling_suspended_at as at from account where id = ?';
    const [row] = await market.database.fork().getConnection().execute<{ at: unknown }[]>(statement, [owner.id]);
    return row?.at ?? null;
  };
  await market.ok(await admin(), 'merchants.suspend', { merchantId, reason: 'Sold fakes.' });
  expect(await suspendedAt()).not.toBeNull();
  expect(await market.fails(null, 'merchants.profile', { merchantId })).toBe('merchants.not_found');
  for (const each of [owner, staff]) {
    expect(await templates(each.id)).toContain('merchant.suspended');
    const last = (await market.inboxOf(each)).findLast(({ type }) => type === 'merchant.changed');
    expect(last?.data).toMatchObject({ state: 'suspended', reason: 'Sold fakes.' });
  }
  for (const name of ['merchants.close', 'merchants.update']) {
    expect(await market.fails(owner, name, { merchantId })).toBe('merchants.suspended');
  }
  const transfer = { merchantId, userId: staff.id };
  expect(await market.fails(owner, 'merchantTeam.transfer', transfer)).toBe('merchants.suspended');
  await market.ok(await admin(), 'merchants.reinstate', { merchantId, reason: 'A mistake.' });
  expect(await suspendedAt()).toBeNull();
  await market.ok(null, 'merchants.profile', { merchantId });
});
