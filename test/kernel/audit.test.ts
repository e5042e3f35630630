import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHarness, system, type Harness, type TestUser } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';

interface Entry {
  readonly action: string;
  readonly actor_id: string;
  readonly session_id: string;
  readonly ip: string;
  readonly details: { readonly input: unknown; readonly outcome: string };
}

let market: Harness;
let admin: TestUser;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
  admin = await market.user({ roles: ['admin'] });
});
afterAll(() => market.close());

async function entriesOf({ id }: TestUser): Promise<Entry[]> {
  const { rows } = await sql<Entry>`
    select action, actor_id, session_id, ip, details from audit_entry where actor_id = ${id} order by id`.execute(
    market.database.sql,
  );
  return rows;
}

const category = () => ({ slug: `c${crypto.randomUUID().slice(0, 8)}`, name: 'Chairs' });

test('what staff did is written down with who, from where and what they sent', async () => {
  const input = category();
  await market.ok(admin, 'categories.create', input);
  expect((await entriesOf(admin)).at(-1)).toMatchObject({
    action: 'categories.create',
    session_id: admin.actor.sessionId,
    ip: '203.0.113.7',
    details: { input, outcome: 'ok' },
  });
});

test('what failed and left nothing is not written down, nor what others and jobs do', async () => {
  const before = await entriesOf(admin);
  const input = category();
  await market.ok(admin, 'categories.create', input);
  expect(await market.fails(admin, 'categories.create', input)).toBe('categories.taken');
  const asha = await market.user();
  await market.ok(asha, 'users.update', { bio: 'I sell chairs' });
  await market.ok(system, 'catalog.seed');
  expect(await entriesOf(admin)).toHaveLength(before.length + 1);
  expect(await entriesOf(asha)).toEqual([]);
});

test.each(['update audit_entry set action = $$x$$', 'delete from audit_entry', 'truncate audit_entry'])(
  'the log refuses: %s',
  async (statement) => {
    await expect(sql.raw(statement).execute(market.database.sql)).rejects.toThrow('audit_entry is append-only');
  },
);
