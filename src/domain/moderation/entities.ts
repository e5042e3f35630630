import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import type { z } from 'zod';
import { id, type UserId } from '../kernel/ids.ts';
import type { ReportState } from './machine.ts';
import type { Action, Reason } from './rules.ts';

export const ReportId = id('ReportId');
export type ReportId = z.infer<typeof ReportId>;

export const subjectKinds = ['user', 'listing', 'message', 'review', 'stream', 'merchant'] as const;
export type SubjectKind = (typeof subjectKinds)[number];

export const ReportEntity = defineEntity({
  name: 'Report',
  tableName: 'report',
  properties: {
    id: p.uuid().$type<ReportId>().primary(),
    kind: p.text().$type<'report' | 'complaint'>(),
    reporterId: p.uuid().$type<UserId>(),
    subjectKind: p.text().$type<SubjectKind>(),
    subjectId: p.uuid(),
    subjectUserId: p.uuid().$type<UserId>(),
    reason: p.text().$type<Reason>(),
    text: p.text().nullable(),
    evidenceIds: p.array().$type<string[]>(),
    snapshot: p.json().$type<Record<string, unknown>>(),
    state: p.text().$type<ReportState>(),
    claimedBy: p.uuid().$type<UserId>().nullable(),
    claimedAt: p.datetime().nullable(),
    action: p.text().$type<Action>().nullable(),
    note: p.text().nullable(),
    version: p.integer(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
});
export type Report = InferEntity<typeof ReportEntity>;

export const SanctionEntity = defineEntity({
  name: 'Sanction',
  tableName: 'sanction',
  properties: {
    id: p.uuid().primary(),
    userId: p.uuid().$type<UserId>(),
    action: p.text().$type<'warn' | 'remove' | 'suspend'>(),
    subjectKind: p.text().$type<SubjectKind>(),
    subjectId: p.uuid(),
    reason: p.text().$type<Reason>(),
    since: p.datetime().nullable(),
    until: p.datetime().nullable(),
    endedAt: p.datetime().nullable(),
    version: p.integer(),
    createdAt: p.datetime(),
  },
});
export type Sanction = InferEntity<typeof SanctionEntity>;
