import { LockMode } from '@mikro-orm/core';
import type { Tx } from '../kernel/define.ts';
import { assert } from '../kernel/errors.ts';
import type { UserId } from '../kernel/ids.ts';
import { applyMove } from '../kernel/machine.ts';
import { DestinationEntity, PayoutEntity, type Destination, type Payout } from './entities.ts';
import { payoutMachine, type PayoutMove } from './machine.ts';

const lock = { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true } as const;

export async function lockPayout(tx: Tx, id: string): Promise<Payout | null> {
  await tx.db.flush();
  return tx.db.findOne(PayoutEntity, { id: id as never }, lock);
}

/** Locks a person's destination, so that one of their withdrawals at a time is counted. */
export async function lockDestination(tx: Tx, userId: UserId): Promise<Destination | null> {
  await tx.db.flush();
  return tx.db.findOne(DestinationEntity, { userId }, lock);
}

/** Moves a payout that can make this move. */
export async function movePayout(
  tx: Tx,
  payout: Payout,
  { name, by }: { name: PayoutMove; by: 'system' | 'provider' | 'staff' },
): Promise<void> {
  const moved = applyMove(payoutMachine, payout, { name, by, at: await tx.now() });
  assert(moved, `payout ${payout.id} is ${payout.state} and cannot ${name}`);
}
