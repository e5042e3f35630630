import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import type { z } from 'zod';
import { id, type UserId } from '../kernel/ids.ts';
import type { VerificationState } from './machine.ts';

export const VerificationId = id('VerificationId');
export type VerificationId = z.infer<typeof VerificationId>;

export const documentKinds = ['emirates_id', 'trade_licence', 'passport', 'national_id'] as const;
export type DocumentKind = (typeof documentKinds)[number];

export const VerificationEntity = defineEntity({
  name: 'Verification',
  tableName: 'verification',
  properties: {
    id: p.uuid().$type<VerificationId>().primary(),
    userId: p.uuid().$type<UserId>(),
    kind: p.text().$type<DocumentKind>(),
    numberEnding: p.text().nullable(),
    numberHash: p.text().nullable(),
    state: p.text().$type<VerificationState>(),
    superseded: p.boolean(),
    reviewerId: p.uuid().$type<UserId>().nullable(),
    claimedUntil: p.datetime().nullable(),
    reason: p.text().nullable(),
    expiresAt: p.datetime().nullable(),
    remindAt: p.datetime().nullable(),
    documentsDueAt: p.datetime().nullable(),
    submittedAt: p.datetime(),
    decidedAt: p.datetime().nullable(),
    version: p.integer(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
});
export type Verification = InferEntity<typeof VerificationEntity>;

export const VerificationDocumentEntity = defineEntity({
  name: 'VerificationDocument',
  tableName: 'verification_document',
  properties: {
    uploadId: p.uuid().primary(),
    verificationId: p.uuid().$type<VerificationId>(),
    position: p.integer(),
  },
});
