import { LockMode } from '@mikro-orm/core';
import { z } from 'zod';
import { defineCommand, defineSweep } from '../../kernel/define.ts';
import { limits } from '../../kernel/limits.ts';
import { InvitationEntity } from '../entities.ts';
import { invitationChanged } from '../events.ts';
import { moveInvitation } from '../inviting.ts';

export const expireInvitations = defineCommand({
  name: 'merchantTeam.expire',
  access: 'system',
  summary: 'End invitations that nobody has answered in time.',
  input: z.strictObject({}),
  output: z.object({ swept: z.int() }),
  errors: [],
  emits: [invitationChanged],
  async run({ tx }) {
    const due = { state: 'pending', deadline: { $lte: await tx.now() } } as const;
    const invitations = await tx.db.find(InvitationEntity, due, {
      lockMode: LockMode.PESSIMISTIC_PARTIAL_WRITE,
      refresh: true,
      orderBy: { deadline: 'asc' },
      limit: limits.sweepBatch,
    });
    for (const invitation of invitations) await moveInvitation(tx, invitation, { name: 'expire', by: 'system' });
    return { swept: invitations.length };
  },
});

export const expireInvitationsJob = defineSweep({
  name: 'merchantTeam.expire',
  everySeconds: 300,
  summary: expireInvitations.summary,
  command: expireInvitations,
  batch: limits.sweepBatch,
});
