import { LockMode } from '@mikro-orm/core';
import { z } from 'zod';
import { userChanged } from '../../identity/index.ts';
import { defineCommand, defineSweep, type Tx } from '../../kernel/define.ts';
import { merchantChanged } from '../../merchants/index.ts';
import { SanctionEntity, type Sanction } from '../entities.ts';
import { sanctionChanged } from '../events.ts';
import { moderationLimits } from '../rules.ts';
import { suspensionOf } from '../subjects.ts';
import { sanctionView } from '../views.ts';

export const liftSuspensions = defineCommand({
  name: 'sanctions.lift',
  access: 'system',
  summary: 'Let people, and shops, back whose suspension has ended.',
  input: z.strictObject({}),
  output: z.object({ swept: z.int() }),
  errors: [],
  emits: [sanctionChanged, userChanged, merchantChanged],
  async run({ tx }) {
    const now = await tx.now();
    const due = await tx.db.find(
      SanctionEntity,
      { endedAt: null, until: { $lte: now } },
      { lockMode: LockMode.PESSIMISTIC_PARTIAL_WRITE, orderBy: { until: 'asc' }, limit: moderationLimits.sweepBatch },
    );
    for (const sanction of due) {
      const { since } = sanction;
      if (since && !(await isHeldByAnother(tx, { ...sanction, since }, now)))
        await suspensionOf(sanction).end(tx, since);
      Object.assign(sanction, { endedAt: now, version: sanction.version + 1 });
      tx.emit(sanctionChanged, sanction.userId, { view: sanctionView(sanction) });
    }
    return { swept: due.length };
  },
});

export const liftSuspensionsJob = defineSweep({
  name: 'sanctions.lift',
  everySeconds: 30,
  summary: liftSuspensions.summary,
  command: liftSuspensions,
  batch: moderationLimits.sweepBatch,
});

/** Whether a later decision about the same suspension keeps it up for longer than this one. */
async function isHeldByAnother(tx: Tx, sanction: Sanction & { since: Date }, now: Date): Promise<boolean> {
  const { id, userId, subjectKind, subjectId, since } = sanction;
  const same = subjectKind === 'merchant' ? { subjectKind, subjectId } : { userId, subjectKind: { $ne: 'merchant' } };
  const longer = { $or: [{ until: null }, { until: { $gt: now } }] };
  const where = { ...same, ...longer, id: { $ne: id }, since, endedAt: null } as const;
  return (await tx.db.count(SanctionEntity, where as never)) > 0;
}
