import { LockMode } from '@mikro-orm/core';
import { isStaffAccount } from '../identity/index.ts';
import type { UserActor } from '../kernel/actor.ts';
import type { Tx } from '../kernel/define.ts';
import { actsFor } from '../merchants/index.ts';
import { ReportEntity, type Report } from './entities.ts';
import { pendingStates } from './machine.ts';

/** Locks all reports about the subject of one that are not closed, in the order of their ids. */
export async function lockPending(tx: Tx, reportId: Report['id']): Promise<{ report: Report; all: Report[] } | null> {
  const named = await tx.db.findOne(ReportEntity, { id: reportId });
  if (!named) return null;
  const { subjectKind, subjectId } = named;
  const all = await tx.db.find(
    ReportEntity,
    { subjectKind, subjectId, state: { $in: [...pendingStates] } },
    { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true, orderBy: { id: 'asc' } },
  );
  await tx.db.refresh(named);
  return { report: named, all };
}

/** Nobody judges themselves or a shop they work for, what they reported, or a colleague, whom admins judge. */
export async function isPartial(tx: Tx, actor: UserActor, reports: readonly Report[]): Promise<boolean> {
  const own = ({ reporterId, subjectUserId }: Report) => [reporterId, subjectUserId].includes(actor.userId);
  if (reports.some(own)) return true;
  const [first] = reports;
  if (!first) return false;
  if (await actsFor(tx.db, { userId: actor.userId, sellerId: first.subjectUserId }, 'orders')) return true;
  if (actor.roles.includes('admin')) return false;
  return isStaffAccount(tx, first.subjectUserId);
}
