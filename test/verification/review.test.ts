import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { diskPort, partsOf } from '../support/disk.ts';
import { createHarness, type Harness, type TestUser } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';
import { dayAfter, decide, paper, submitted } from './papers.ts';

let market: Harness;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
});
afterAll(() => market.close());

const moderator = () => market.user({ roles: ['moderator'] });
const isVerified = async (user: TestUser) => (await market.ok(user, 'users.me')).identityVerified as boolean;
const own = async (user: TestUser) => (await market.ok(user, 'verification.get')).items;
const rows = async <T>(query: ReturnType<typeof sql<T>>) =>
  (await query.execute(market.database.fork().getKysely())).rows;
const dayMs = 86_400_000;

/** Runs with the clock this much later, and turns it back. */
async function later<T>(ms: number, run: () => Promise<T>): Promise<T> {
  market.clock.offsetMs += ms;
  try {
    return await run();
  } finally {
    market.clock.offsetMs -= ms;
  }
}

test('an approval shows on the profile, a revocation takes it away, and both are told', async () => {
  const { owner, id } = await submitted(market);
  expect(await isVerified(owner)).toBe(false);
  await decide(market, id, { decision: 'approve' });
  expect(await isVerified(owner)).toBe(true);
  await market.ok(await moderator(), 'verification.revoke', { verificationId: id, reason: 'Forged.' });
  expect(await isVerified(owner)).toBe(false);
  const told = (await market.inboxOf(owner)).filter(({ type }) => type === 'verification.changed');
  expect(told.map(({ data }) => data.change.kind)).toEqual(['submitted', 'in_review', 'approved', 'revoked']);
  const notices = await rows<{ template: string }>(
    sql`select notice->>'template' as template from inbox_notice where user_id = ${owner.id} order by seq`,
  );
  expect(notices.map(({ template }) => template)).toEqual(['verification.approved', 'verification.revoked']);
});

test('a rejected person reads why and hands in again; documents left out are deleted', async () => {
  const { owner, id, documentIds } = await submitted(market);
  await decide(market, id, { decision: 'reject', reason: 'The photo is blurred.' });
  expect(await own(owner)).toMatchObject([
    { id, state: 'rejected', reason: 'The photo is blurred.', allowedActions: ['verification.submit'] },
  ]);
  const again = await submitted(market, {}, owner);
  expect(again.id).toBe(id);
  expect(await own(owner)).toMatchObject([
    { id, state: 'submitted', reason: null, documentIds: again.documentIds, allowedActions: [] },
  ]);
  expect(await market.fails(owner, 'uploads.link', { uploadId: documentIds[0] })).toBe('uploads.not_found');
});

test('nobody reviews themselves, not as a moderator and not as an admin', async () => {
  for (const role of ['moderator', 'admin'] as const) {
    const reviewer = await market.user({ roles: [role] });
    const { id: verificationId } = await submitted(market, {}, reviewer);
    expect(await market.fails(reviewer, 'verification.claim', { verificationId })).toBe('verification.own');
    const input = { verificationId, version: 2, decision: 'approve' };
    expect(await market.fails(reviewer, 'verification.review', input)).toBe('verification.own');
    await decide(market, verificationId, { decision: 'approve' });
    const reason = 'Mine.';
    expect(await market.fails(reviewer, 'verification.revoke', { verificationId, reason })).toBe('verification.own');
    const { items } = await market.ok(reviewer, 'verification.queue', { limit: 100 });
    expect(items.filter(({ user }: any) => user.id === reviewer.id)).toEqual([]);
  }
});

test('of many reviewers who claim at once, one gets the submission', async () => {
  const { id: verificationId } = await submitted(market);
  const reviewers = await Promise.all(Array.from({ length: 5 }, moderator));
  const replies = await Promise.all(
    reviewers.map((each) => market.call(each, 'verification.claim', { verificationId })),
  );
  const codes = replies.map((reply) => (reply.ok ? 'ok' : reply.error.code));
  expect(codes.toSorted()).toEqual(['ok', ...Array.from({ length: 4 }, () => 'verification.claimed')]);
});

test('a claim that ran out goes to the next reviewer, and the first one can no longer decide', async () => {
  const { owner, id: verificationId } = await submitted(market);
  const [slow, quick] = [await moderator(), await moderator()];
  const claim = await market.ok(slow, 'verification.claim', { verificationId });
  const decision = { verificationId, version: claim.version, decision: 'approve' };
  await later(31 * 60_000, async () => {
    expect(await market.fails(slow, 'verification.review', decision)).toBe('verification.not_claimed');
    await decide(market, verificationId, { decision: 'reject', reason: 'Not yours.', by: quick });
    expect(await market.fails(slow, 'verification.review', decision)).toBe('verification.stale');
  });
  expect(await isVerified(owner)).toBe(false);
});

test('two decisions at once: one counts', async () => {
  const { id: verificationId } = await submitted(market);
  const reviewer = await moderator();
  const { version } = await market.ok(reviewer, 'verification.claim', { verificationId });
  const replies = await Promise.all([
    market.call(reviewer, 'verification.review', { verificationId, version, decision: 'approve' }),
    market.call(reviewer, 'verification.review', { verificationId, version, decision: 'reject', reason: 'No.' }),
  ]);
  expect(replies.filter(({ ok }) => ok)).toHaveLength(1);
});

test('two submissions of one kind at once: one is taken', async () => {
  const owner = await market.user();
  const documents = [await paper(market, owner), await paper(market, owner)];
  const replies = await Promise.all(
    documents.map((id) => market.call(owner, 'verification.submit', { kind: 'passport', documentIds: [id] })),
  );
  expect(replies.filter(({ ok }) => ok)).toHaveLength(1);
  expect(await own(owner)).toHaveLength(1);
});

test('the queue is the oldest first, page by page, and shows who reviews what', async () => {
  const first = await submitted(market, { kind: 'national_id' });
  const second = await submitted(market, { kind: 'national_id' });
  const third = await submitted(market, { kind: 'national_id' });
  const reviewer = await moderator();
  await market.ok(reviewer, 'verification.claim', { verificationId: second.id });
  const seen: any[] = [];
  let cursor: string | undefined;
  do {
    const input = { kind: 'national_id', limit: 1, ...(cursor && { cursor }) };
    const page = await market.ok(await moderator(), 'verification.queue', input);
    seen.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  expect(seen.map(({ id }) => id)).toEqual([first.id, second.id, third.id]);
  expect(seen.map(({ claim }) => claim?.reviewerId ?? null)).toEqual([null, reviewer.id, null]);
});

test('a document runs out after its last day: a reminder 30 days before, then off the profile', async () => {
  const { owner, id } = await submitted(market, { expiresOn: dayAfter(market, 60) });
  await decide(market, id, { decision: 'approve' });
  const kinds = async () =>
    (await market.inboxOf(owner)).flatMap(({ type, data }) =>
      type === 'verification.changed' ? data.change.kind : [],
    );
  await market.runJob('verification.remind');
  expect(await kinds()).not.toContain('expiring');
  await later(31 * dayMs, async () => {
    await market.runJob('verification.remind');
    await market.runJob('verification.remind');
    expect((await kinds()).filter((kind) => kind === 'expiring')).toHaveLength(1);
    await market.runJob('verification.expire');
    expect(await isVerified(owner)).toBe(true);
  });
  await later(61 * dayMs, async () => {
    await market.runJob('verification.expire');
    await market.runJob('verification.expire');
    expect((await kinds()).filter((kind) => kind === 'expired')).toHaveLength(1);
    expect(await isVerified(owner)).toBe(false);
  });
});

test('a renewal keeps the person verified throughout, and takes the place of what it renews', async () => {
  const { owner, id } = await submitted(market, { expiresOn: dayAfter(market, 10) });
  await decide(market, id, { decision: 'approve' });
  const renewal = await submitted(market, { expiresOn: dayAfter(market, 400) }, owner);
  expect(await isVerified(owner)).toBe(true);
  await decide(market, renewal.id, { decision: 'approve' });
  expect((await own(owner)).map((view: any) => view.id)).toEqual([renewal.id]);
  await later(20 * dayMs, async () => {
    await market.runJob('verification.expire');
    expect(await isVerified(owner)).toBe(true);
  });
});

test('a number is kept as its end and a keyed hash, which finds it elsewhere however it is typed', async () => {
  const one = await submitted(market, { documentNumber: '784-1990-1234567-1' });
  const two = await submitted(market, { documentNumber: '784 1990 1234567 1' });
  const review = await market.ok(await moderator(), 'verification.claim', { verificationId: two.id });
  expect(review).toMatchObject({ numberEnding: '5671', sameNumber: [one.owner.id] });
  const tables = await rows<{ name: string }>(
    sql`select tablename as name from pg_tables where schemaname = 'public' and tablename <> 'spatial_ref_sys'`,
  );
  for (const { name } of tables) {
    const found = await rows<{ text: string }>(
      sql`select t::text as text from ${sql.table(name)} t where t::text like '%1234567%' or t::text like '%7841990%'`,
    );
    expect(found, name).toEqual([]);
  }
});

test('each look at a document is logged with whose it is, and its link is good for five minutes', async () => {
  const { owner, id: verificationId, documentIds } = await submitted(market);
  const reviewer = await moderator();
  const input = { verificationId, documentId: documentIds[0] };
  const { url, expiresAt } = await market.ok(reviewer, 'verification.document', input);
  expect(Date.parse(expiresAt) - Date.now()).toBeLessThanOrEqual(5 * 60_000 + 1_000);
  const disk = market.ports.get(diskPort);
  const served = await disk.openFile(partsOf(url));
  expect(served.status).toBe(200);
  if (served.status === 200) await served.stream.cancel();
  await later(6 * 60_000, async () => expect((await disk.openFile(partsOf(url))).status).toBe(403));
  const entries = await rows<{ actor_id: string }>(sql`
    select actor_id from audit_entry where action = 'verification.documentOpened' and subject_id = ${owner.id}`);
  expect(entries).toEqual([{ actor_id: reviewer.id }]);
});

test('a document of one submission is not to be had through another', async () => {
  const [one, two] = [await submitted(market), await submitted(market)];
  const input = { verificationId: one.id, documentId: two.documentIds[0] };
  expect(await market.fails(await moderator(), 'verification.document', input)).toBe('verification.not_found');
});

test('documents are deleted 90 days after the decision, from the store too', async () => {
  const { owner, id: verificationId, documentIds } = await submitted(market);
  await decide(market, verificationId, { decision: 'approve' });
  const reviewer = await moderator();
  const input = { verificationId, documentId: documentIds[0] };
  await market.ok(reviewer, 'verification.document', input);
  await later(91 * dayMs, async () => {
    const { url } = await market.ok(reviewer, 'verification.document', input);
    await market.runJob('verification.deleteDocuments');
    await market.runJob('uploads.clean');
    expect((await market.ports.get(diskPort).openFile(partsOf(url))).status).toBe(404);
    expect(await market.fails(reviewer, 'verification.document', input)).toBe('verification.not_found');
    expect(await own(owner)).toMatchObject([{ state: 'approved', documentIds: [] }]);
  });
});
