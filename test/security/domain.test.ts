import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHarness, guest, type Harness } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';

let market: Harness;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
});
afterAll(() => market.close());

test('what staff did can be added to the log, and neither changed nor taken away, even by its owner', async () => {
  const admin = await market.user({ roles: ['admin'] });
  const db = market.database.fork().getKysely();
  await sql`
    insert into audit_entry (at, actor_id, session_id, ip, request_id, action, details)
    values (now(), ${admin.id}, ${admin.actor.sessionId}, '', 'r', 'tried', '{}')`.execute(db);
  for (const statement of [
    sql`update audit_entry set action = 'nothing'`,
    sql`delete from audit_entry`,
    sql`truncate audit_entry`,
  ]) {
    await expect(statement.execute(db)).rejects.toThrow('append-only');
  }
  const { rows } = await sql<{ action: string }>`select action from audit_entry where actor_id = ${admin.id}`.execute(
    db,
  );
  expect(rows).toEqual([{ action: 'tried' }]);
});

test('a session that is not refreshed in time is over', async () => {
  const input = { username: 'leaves_early', password: 'long enough 1', fullName: 'Asha' };
  const { tokens } = await market.ok(guest, 'accounts.register', input);
  market.clock.offsetMs = market.tokens.refreshTtlMs + 1_000;
  expect(await market.fails(guest, 'sessions.refresh', { refreshToken: tokens.refreshToken })).toBe(
    'sessions.refresh_invalid',
  );
  market.clock.offsetMs = 0;
});
