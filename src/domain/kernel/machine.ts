import { assert } from './errors.ts';

export interface Move<State extends string, Side extends string> {
  readonly from: State;
  readonly by: Side;
  readonly to: State;
}

export interface Machine<State extends string = string, Name extends string = string, Side extends string = string> {
  readonly name: string;
  readonly initial: State;
  readonly states: readonly State[];
  readonly moves: Readonly<Record<Name, readonly Move<State, Side>[]>>;
}

/** A row that a machine moves: its state, its version (bumped by each move) and when it last changed. */
export interface Movable<State extends string> {
  state: State;
  version: number;
  updatedAt: Date;
}

/**
 * Declares a lifecycle as data. `by` names a side of the row (buyer, seller …) or `system`, which makes things expire.
 * Throws on a move between unknown states, two targets for one (move, from, by), and states that cannot be reached.
 */
export function defineMachine<const State extends string, const Name extends string, const Side extends string>(
  machine: Machine<State, Name, Side>,
): Machine<State, Name, Side> {
  const seen = new Set<string>();
  const reached = new Set<State>([machine.initial]);
  const all = movesOf(machine);
  for (const { name, from, by, to } of all) {
    assert(machine.states.includes(from) && machine.states.includes(to), `${machine.name}.${name}: unknown state`);
    assert(!seen.has(`${name} ${from} ${by}`), `${machine.name}.${name}: two targets from ${from} by ${by}`);
    seen.add(`${name} ${from} ${by}`);
  }
  for (let grew = true; grew;) {
    const next = all.filter((move) => reached.has(move.from) && !reached.has(move.to));
    for (const move of next) reached.add(move.to);
    grew = next.length > 0;
  }
  const lost = machine.states.filter((state) => !reached.has(state));
  assert(lost.length === 0, `${machine.name}: unreachable states ${lost.join(', ')}`);
  return machine;
}

const flat = new WeakMap<object, readonly unknown[]>();

/** Every move of a machine as flat rows. Kept, because each view of a row asks for what may be done with it. */
export function movesOf<S extends string, N extends string, B extends string>(
  machine: Machine<S, N, B>,
): readonly (Move<S, B> & { readonly name: N })[] {
  const known = flat.get(machine);
  if (known) return known as readonly (Move<S, B> & { name: N })[];
  const entries = Object.entries(machine.moves) as [N, readonly Move<S, B>[]][];
  const all = entries.flatMap(([name, moves]) => moves.map((move) => ({ name, ...move })));
  flat.set(machine, all);
  return all;
}

/** Where `name` leads from `state` for `by`, or null when that side may not make that move now. */
export function target<S extends string, N extends string, B extends string>(
  machine: Machine<S, N, B>,
  name: N,
  at: { state: S; by: B },
): S | null {
  return machine.moves[name].find((move) => move.from === at.state && move.by === at.by)?.to ?? null;
}

/** The moves that `by` may make from `state`. */
export function movesFor<S extends string, N extends string, B extends string>(
  machine: Machine<S, N, B>,
  at: { state: S; by: B },
): N[] {
  return movesOf(machine)
    .filter((move) => move.from === at.state && move.by === at.by)
    .map((move) => move.name);
}

/** Moves a row and bumps its version. Returns false, changing nothing, when the machine has no such move. */
export function applyMove<S extends string, N extends string, B extends string>(
  machine: Machine<S, N, B>,
  row: Movable<S>,
  move: { name: N; by: B; at: Date },
): boolean {
  const to = target(machine, move.name, { state: row.state, by: move.by });
  if (to === null) return false;
  row.state = to;
  bump(row, move.at);
  return true;
}

/** Marks a row as changed: clients apply a view only when its version is newer. */
export function bump(row: { version: number; updatedAt: Date }, at: Date): void {
  row.version += 1;
  row.updatedAt = at;
}
