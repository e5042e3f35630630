import { createHash, randomBytes } from 'node:crypto';
import { LockMode } from '@mikro-orm/core';
import { z } from 'zod';
import type { Tx } from '../kernel/define.ts';
import { assert } from '../kernel/errors.ts';
import type { UserId } from '../kernel/ids.ts';
import { applyMove } from '../kernel/machine.ts';
import { InvitationEntity, InvitationId, type Invitation } from './entities.ts';
import { invitationChanged } from './events.ts';
import { invitationMachine } from './machine.ts';
import { invitationView } from './views.ts';

/** 256 random bits in the mail; only their hash is stored. */
export function newInvitationCode(): { code: string; codeHash: string } {
  const code = randomBytes(32).toString('base64url');
  return { code, codeHash: hashOf(code) };
}

function hashOf(code: string): string {
  return createHash('sha256').update(code).digest('base64url');
}

/** How the invited person names an invitation: as it is in their inbox, or by the code of the mail. */
export const InvitationRef = z
  .strictObject({ invitationId: InvitationId.optional(), code: z.string().min(20).max(100).optional() })
  .refine(({ invitationId, code }) => (invitationId === undefined) !== (code === undefined), {
    path: ['invitationId'],
    message: 'give either invitationId or code',
  });

/** The invitation that a person may answer, not locked, or null. Whoever has the code has the mailbox. */
export async function findInvitation(
  { db }: Pick<Tx, 'db'>,
  { invitationId, code }: z.output<typeof InvitationRef>,
  userId: UserId,
): Promise<Invitation | null> {
  if (code !== undefined) return db.findOne(InvitationEntity, { codeHash: hashOf(code) });
  return invitationId ? db.findOne(InvitationEntity, { id: invitationId, recipientId: userId }) : null;
}

/** Lock the shop first. */
export async function lockInvitation(tx: Tx, id: InvitationId): Promise<Invitation> {
  const lock = { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true } as const;
  return tx.db.findOneOrFail(InvitationEntity, { id }, lock);
}

const told = {
  accept: 'accepted',
  decline: 'declined',
  revoke: 'revoked',
  expire: 'expired',
} as const;

/** Ends a locked, pending invitation and takes it out of the inbox that it was in. */
export async function moveInvitation(
  tx: Tx,
  invitation: Invitation,
  { name, by }: { name: keyof typeof told; by: 'invited' | 'team' | 'system' },
): Promise<void> {
  const moved = applyMove(invitationMachine, invitation, { name, by, at: await tx.now() });
  assert(moved, `invitation ${invitation.id} moves: ${name} by ${by}`);
  await tx.db.flush();
  if (!invitation.recipientId) return;
  tx.emit(invitationChanged, invitation.recipientId, {
    view: invitationView(invitation),
    change: { kind: told[name] },
  });
}
