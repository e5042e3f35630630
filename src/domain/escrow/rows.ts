import { LockMode } from '@mikro-orm/core';
import type { Db, Tx } from '../kernel/define.ts';
import { assert } from '../kernel/errors.ts';
import { applyMove } from '../kernel/machine.ts';
import { EscrowEntity, EscrowPartEntity, escrowSources, type Escrow, type EscrowPart } from './entities.ts';
import { escrowMachine, type EscrowMove } from './machine.ts';

/** The escrow of an order, locked and as it is now; null for one that was never funded. The order must be locked. */
export async function lockEscrow(tx: Tx, orderId: string): Promise<Escrow | null> {
  await tx.db.flush();
  const lock = { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true } as const;
  return tx.db.findOne(EscrowEntity, { orderId }, lock);
}

/** What the escrow was made of, in the order in which it goes back. */
export async function partsOf(db: Db, orderId: string): Promise<EscrowPart[]> {
  const parts = await db.find(EscrowPartEntity, { orderId }, { refresh: true });
  return parts.toSorted((a, b) => escrowSources.indexOf(a.source) - escrowSources.indexOf(b.source));
}

export async function moveEscrow(tx: Tx, escrow: Escrow, name: EscrowMove): Promise<void> {
  const { orderId, state } = escrow;
  const moved = applyMove(escrowMachine, escrow, { name, by: 'system', at: await tx.now() });
  assert(moved, `the escrow of order ${orderId} is ${state} and cannot ${name}`);
}
