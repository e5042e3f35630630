import { LockMode } from '@mikro-orm/core';
import { sql } from 'kysely';
import { setIdentityVerified } from '../identity/index.ts';
import type { Tx } from '../kernel/define.ts';
import { assert } from '../kernel/errors.ts';
import type { UserId } from '../kernel/ids.ts';
import { applyMove, bump } from '../kernel/machine.ts';
import { VerificationEntity, type Verification } from './entities.ts';
import { verificationChanged, type VerificationChangeKind } from './events.ts';
import { verificationMachine } from './machine.ts';
import { verificationViews } from './views.ts';

// Locks are taken in the order submission, account.

export async function lockVerification(tx: Tx, id: string): Promise<Verification | null> {
  const lock = { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true } as const;
  return tx.db.findOne(VerificationEntity, { id: id as never }, lock);
}

/** Makes a move that the caller has checked. */
export function moveVerification(
  verification: Verification,
  {
    name,
    by,
    at,
  }: { name: keyof (typeof verificationMachine)['moves']; by: 'owner' | 'reviewer' | 'system'; at: Date },
): void {
  const moved = applyMove(verificationMachine, verification, { name, by, at });
  assert(moved, `verification ${verification.id} moves: ${name} by ${by} from ${verification.state}`);
  if (verification.state !== 'in_review') verification.claimedUntil = null;
}

/** Tells the person concerned. */
export async function tellVerification(
  tx: Tx,
  verification: Verification,
  kind: VerificationChangeKind,
): Promise<void> {
  await tx.db.flush();
  const [view] = await verificationViews(tx.db, [verification]);
  assert(view, 'a view for each submission');
  tx.emit(verificationChanged, verification.userId, { view, change: { kind } });
}

/** A newer submission takes the place of one that has ended: its owner's devices forget it. */
export async function supersede(tx: Tx, verification: Verification): Promise<void> {
  verification.superseded = true;
  bump(verification, await tx.now());
  await tellVerification(tx, verification, 'superseded');
}

/** Brings the account in line with the approvals that the person holds now. */
export async function settleIdentity(tx: Tx, userId: UserId): Promise<void> {
  await tx.db.flush();
  const { rows } = await sql<{ since: Date | string | null }>`
    select min(decided_at) as since from verification where user_id = ${userId} and state = 'approved'`.execute(tx.sql);
  const since = rows[0]?.since;
  await setIdentityVerified(tx, userId, since ? new Date(since) : null);
}
