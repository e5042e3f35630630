import type { Tx } from '../kernel/define.ts';
import { newId } from '../kernel/ids.ts';
import { SanctionEntity, type Report } from './entities.ts';
import { sanctionChanged } from './events.ts';
import type { Action } from './rules.ts';
import { subjectRules, suspensionOf } from './subjects.ts';
import { sanctionView } from './views.ts';

/** Whether the action fits what was reported. */
export function isPossible({ subjectKind }: Report, action: Action): boolean {
  const rule = subjectRules[subjectKind];
  if (action === 'remove') return rule.remove !== undefined;
  return action === 'shadow' ? rule.shadow !== undefined : true;
}

/** Does what was decided and tells the person concerned, but not of a shadow. */
export async function carryOut(
  tx: Tx,
  report: Report,
  { action, note, until }: { action: Exclude<Action, 'dismiss'>; note: string; until: Date | null },
): Promise<void> {
  const { subjectKind, subjectId, subjectUserId: userId, reason } = report;
  const rule = subjectRules[subjectKind];
  if (action === 'shadow') return void (await rule.shadow?.(tx, subjectId, note));
  if (action === 'remove') await rule.remove?.(tx, subjectId, note);
  const since = action === 'suspend' ? await suspensionOf({ subjectKind, subjectId, userId }).begin(tx, note) : null;
  const sanction = tx.db.create(SanctionEntity, {
    id: newId(),
    userId,
    action,
    subjectKind,
    subjectId,
    reason,
    since,
    until: action === 'suspend' ? until : null,
    endedAt: null,
    version: 1,
    createdAt: await tx.now(),
  });
  await tx.db.flush();
  tx.emit(sanctionChanged, userId, { view: sanctionView(sanction) });
}
