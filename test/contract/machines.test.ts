import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { applyMove, movesFor, movesOf, target, type Sql } from '../../src/domain/kernel/index.ts';
import { machines } from '../../src/domain/registry.ts';
import { createHarness, type Harness } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';

let market: Harness;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
});
afterAll(() => market.close());

describe.each([...machines.values()])('the machine $name', (machine) => {
  const sides = [...new Set(movesOf(machine).map(({ by }) => by))];
  const names = Object.keys(machine.moves);
  const everyTry = machine.states.flatMap((state) => sides.flatMap((by) => names.map((name) => ({ state, by, name }))));

  test('moves for each state, move and side exactly as it is declared', () => {
    const at = new Date();
    for (const { state, by, name } of everyTry) {
      const declared = movesOf(machine).find((move) => move.name === name && move.from === state && move.by === by);
      const row = { state, version: 1, updatedAt: new Date(0) };
      expect(applyMove(machine, row, { name, by, at })).toBe(declared !== undefined);
      expect(row).toEqual(
        declared ? { state: declared.to, version: 2, updatedAt: at } : { state, version: 1, updatedAt: new Date(0) },
      );
      expect(movesFor(machine, { state, by }).includes(name)).toBe(declared !== undefined);
      expect(target(machine, name, { state, by })).toBe(declared?.to ?? null);
    }
  });

  test('has a way out of every state but its ends, and a side of each row never makes the system’s moves', () => {
    const left = new Set(movesOf(machine).map(({ from }) => from));
    expect(machine.states.some((state) => !left.has(state))).toBe(true);
    const expiries = movesOf(machine).filter(({ name }) => /^(expire|lapse)/.test(name));
    expect(expiries.filter(({ by }) => by !== 'system')).toEqual([]);
  });

  test('has the states that the CHECK of its table admits', async () => {
    expect(await statesInDatabase(machine.name)).toContainEqual(machine.states.toSorted());
  });
});

/** What each CHECK `state in (…)` lists, sorted, in the table of a name, also with a word before it. */
async function statesInDatabase(table: string): Promise<string[][]> {
  const db = market.database.fork().getKysely() as unknown as Sql;
  const { rows } = await sql<{ definition: string }>`
    select pg_get_constraintdef(c.oid) as definition from pg_constraint c join pg_class t on t.oid = c.conrelid
    where (t.relname = ${table} or t.relname like ${`%\\_${table}`}) and c.contype = 'c'`.execute(db);
  const lists = rows.map(
    ({ definition }) => /^CHECK \(\(state = ANY \(ARRAY\[([^\]]*)\]\)\)\)(?: NOT VALID)?$/.exec(definition)?.[1],
  );
  const found = lists.filter((list) => list !== undefined);
  return found.map((list) => [...list.matchAll(/'([^']*)'/g)].map(([, state = '']) => state).toSorted());
}
