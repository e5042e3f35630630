import { afterAll, beforeAll, expect, test } from 'vitest';
import { isStaffAccess } from '../../src/domain/kernel/audit.ts';
import { loadCases } from '../contract/load-cases.ts';
import { createHarness, type Harness, type TestUser } from '../support/harness.ts';
import { createListing } from '../support/listings.ts';
import { bindTestPorts } from '../support/ports.ts';

let market: Harness;
let admin: TestUser;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
  admin = await market.user({ roles: ['admin'] });
});
afterAll(() => market.close());

const { cased } = await loadCases();
const staffCommands = cased.filter(({ operation }) => operation.kind === 'command' && isStaffAccess(operation.access));
const list = async (input = {}) => (await market.ok(admin, 'audit.list', input)).items;

test.each(staffCommands)('$name leaves an entry that says who did what', async ({ name, own }) => {
  const { as, input } = await own.success(market);
  const { id: actorId, actor } = as as TestUser;
  await market.ok(as, name, input);
  const [entry] = await list({ actorId, action: name });
  expect(entry).toMatchObject({ actorId, sessionId: actor.sessionId, action: name, details: { outcome: 'ok' } });
});

test('entries are found by actor, subject, action and time, page after page', async () => {
  const moderator = await market.user({ roles: ['moderator'] });
  const listingIds = [crypto.randomUUID(), crypto.randomUUID()];
  await market.database
    .fork()
    .getConnection()
    .execute(
      `insert into audit_entry (at, actor_id, session_id, ip, request_id, action, subject_kind, subject_id, details)
       select ('2020-01-0' || n || 'T00:00:00Z')::timestamptz, ?::uuid, ?::uuid, '', '', 'listing.remove', 'listing',
              (array[?::text, ?::text])[n], '{}'
       from generate_series(1, 2) n`,
      [moderator.id, moderator.actor.sessionId, ...listingIds],
    );
  const mine = { actorId: moderator.id };
  expect(await list({ subject: { kind: 'listing', id: listingIds[0] } })).toHaveLength(1);
  expect(await list({ ...mine, from: '2020-01-02T00:00:00.000Z' })).toHaveLength(1);
  expect(await list({ ...mine, until: '2020-01-02T00:00:00.000Z' })).toHaveLength(1);
  expect(await list({ ...mine, action: 'listing.shadow' })).toEqual([]);
  const first = await market.ok(admin, 'audit.list', { ...mine, limit: 1 });
  const second = await market.ok(admin, 'audit.list', { ...mine, limit: 1, cursor: first.nextCursor });
  const subjects = [...first.items, ...second.items].map(({ subject }: { subject: { id: string } }) => subject.id);
  expect(subjects).toEqual(listingIds.toReversed());
  expect(second.nextCursor).toBeNull();
});

test.each([`update audit_entry set ip = ''`, 'delete from audit_entry', 'truncate audit_entry'])(
  'the log refuses: %s',
  async (statement) => {
    const { id: listingId } = await createListing(market, await market.user());
    const moderator = await market.user({ roles: ['moderator'] });
    await market.ok(moderator, 'listings.moderate', { listingId, action: 'shadow', reason: 'Fake' });
    const before = (await list({ limit: 100 })).length;
    expect(before).toBeGreaterThan(0);
    await expect(market.database.fork().getConnection().execute(statement)).rejects.toThrow('append-only');
    expect(await list({ limit: 100 })).toHaveLength(before);
  },
);
