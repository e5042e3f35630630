import { expect, test } from 'vitest';
import { applyMove, defineMachine, movesFor, target } from '../../src/domain/kernel/index.ts';

const door = defineMachine({
  name: 'door',
  initial: 'open',
  states: ['open', 'closed', 'locked'],
  moves: {
    close: [{ from: 'open', by: 'guest', to: 'closed' }],
    lock: [{ from: 'closed', by: 'owner', to: 'locked' }],
  },
});

test('a move needs the right state and the right side', () => {
  expect(target(door, 'close', { state: 'open', by: 'guest' })).toBe('closed');
  expect(target(door, 'close', { state: 'open', by: 'owner' })).toBeNull();
  expect(target(door, 'lock', { state: 'open', by: 'owner' })).toBeNull();
  expect(movesFor(door, { state: 'closed', by: 'owner' })).toEqual(['lock']);
});

test('a refused move changes nothing, an allowed one bumps the version', () => {
  const row = { state: 'open' as const, version: 1, updatedAt: new Date(0) } as Parameters<
    typeof applyMove<'open' | 'closed' | 'locked', 'close' | 'lock', 'guest' | 'owner'>
  >[1];
  expect(applyMove(door, row, { name: 'lock', by: 'owner', at: new Date(5) })).toBe(false);
  expect(row).toEqual({ state: 'open', version: 1, updatedAt: new Date(0) });
  expect(applyMove(door, row, { name: 'close', by: 'guest', at: new Date(5) })).toBe(true);
  expect(row).toEqual({ state: 'closed', version: 2, updatedAt: new Date(5) });
});

test.each([
  ['an unknown state', { go: [{ from: 'a', by: 'x', to: 'nowhere' }] }],
  [
    'two targets for one move',
    {
      go: [
        { from: 'a', by: 'x', to: 'b' },
        { from: 'a', by: 'x', to: 'a' },
      ],
    },
  ],
  ['an unreachable state', { go: [{ from: 'b', by: 'x', to: 'a' }] }],
])('a machine with %s is refused when declared', (_name, moves) => {
  expect(() => defineMachine({ name: 'broken', initial: 'a', states: ['a', 'b'], moves: moves as never })).toThrow();
});
