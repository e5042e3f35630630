import { LockMode } from '@mikro-orm/core';
import { z } from 'zod';
import { liftSuspension, userChanged } from '../../identity/index.ts';
import { defineCommand, defineSweep, type Tx } from '../../kernel/define.ts';
import { SanctionEntity, type Sanction } from '../entities.ts';
import { sanctionChanged } from '../events.ts';
import { moderationLimits } from '../rules.ts';
import { sanctionView } from '../views.ts';

export const liftSuspensions = defineCommand({
  name: 'sanctions.lift',
  access: 'system',
  summary: 'Let people back whose suspension has ended.',
  input: z.strictObject({}),
  output: z.object({ swept: z.int() }),
  errors: [],
  emits: [sanctionChanged, userChanged],
  async run({ tx }) {
    const now = await tx.now();
    const due = await tx.db.find(
      SanctionEntity,
      { endedAt: null, until: { $lte: now } },
      { lockMode: LockMode.PESSIMISTIC_PARTIAL_WRITE, orderBy: { until: 'asc' }, limit: moderationLimits.sweepBatch },
    );
    for (const sanction of due) {
      const { userId, since } = sanction;
      if (since && !(await isHeld(tx, sanction, { since, now }))) await liftSuspension(tx, userId, since);
      Object.assign(sanction, { endedAt: now, version: sanction.version + 1 });
      tx.emit(sanctionChanged, sanction.userId, { view: sanctionView(sanction) });
    }
    return { swept: due.length };
  },
});

/** Whether another suspension of the person, decided on meanwhile, lasts longer. */
async function isHeld(tx: Tx, { id, userId }: Sanction, { since, now }: { since: Date; now: Date }): Promise<boolean> {
  const others = { id: { $ne: id }, userId, since, endedAt: null };
  return (await tx.db.count(SanctionEntity, { ...others, $or: [{ until: null }, { until: { $gt: now } }] })) > 0;
}

export const liftSuspensionsJob = defineSweep({
  name: 'sanctions.lift',
  everySeconds: 30,
  summary: liftSuspensions.summary,
  command: liftSuspensions,
  batch: moderationLimits.sweepBatch,
});
