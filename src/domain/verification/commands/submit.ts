import { LockMode } from '@mikro-orm/core';
import { sql } from 'kysely';
import { z } from 'zod';
import { flushUnique, isUniqueViolation } from '../../kernel/database-errors.ts';
import { defineCommand, type Tx } from '../../kernel/define.ts';
import { newId, type UserId } from '../../kernel/ids.ts';
import { attachUploads, discardUploads } from '../../media/index.ts';
import { keptOfNumber } from '../document-number.ts';
import { documentKinds, VerificationEntity, type DocumentKind, type Verification } from '../entities.ts';
import { verificationChanged } from '../events.ts';
import { moveVerification, supersede, tellVerification } from '../moving.ts';
import { verificationRules } from '../settings.ts';
import { documentsOf, endOfDay, VerificationView, verificationViews } from '../views.ts';

const DocumentIds = z
  .array(z.uuid())
  .min(1)
  .max(verificationRules.documentsMax)
  .refine((ids) => new Set(ids).size === ids.length, 'a document may appear once');

export const submitVerification = defineCommand({
  name: 'verification.submit',
  access: 'user',
  ratePerMinute: 10,
  summary: 'Hand in papers for review, the first time, after a rejection, or to renew what runs out.',
  input: z.strictObject({
    kind: z.enum(documentKinds),
    documentNumber: z.string().trim().min(3).max(40).optional(),
    documentIds: DocumentIds.describe('Your uploads of the purpose `verification`.'),
    expiresOn: z.iso.date().optional(),
  }),
  output: VerificationView,
  errors: [
    'verification.document_expired',
    'uploads.not_found',
    'uploads.not_confirmed',
    'verification.already_submitted',
    'verification.document_used',
  ],
  emits: [verificationChanged],
  async run({ input, actor, tx, fail }) {
    const { userId: ownerId } = actor;
    const { kind, documentIds: uploadIds, documentNumber } = input;
    const expiresAt = input.expiresOn === undefined ? null : endOfDay(input.expiresOn);
    if (expiresAt && expiresAt <= (await tx.now())) fail('verification.document_expired');
    const attached = await attachUploads(tx, { ownerId, uploadIds, purpose: 'verification' });
    if (typeof attached === 'string') return fail(attached);
    const verification = await openSubmission(tx, ownerId, kind);
    if (!verification) return fail('verification.already_submitted');
    const at = await tx.now();
    const fresh = { expiresAt, reason: null, submittedAt: at, decidedAt: null, documentsDueAt: null, reviewerId: null };
    Object.assign(verification, fresh, keptOfNumber(tx, kind, documentNumber));
    moveVerification(verification, { name: 'submit', by: 'owner', at });
    if (!(await replaceDocuments(tx, verification, uploadIds))) fail('verification.document_used');
    await tellVerification(tx, verification, 'submitted');
    return (await verificationViews(tx.db, [verification]))[0]!;
  },
});

/** The rejected submission, or a new one; null while one waits for its review. */
async function openSubmission(tx: Tx, userId: UserId, kind: DocumentKind): Promise<Verification | null> {
  const lock = { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true, orderBy: { id: 'asc' } } as const;
  const known = await tx.db.find(VerificationEntity, { userId, kind, superseded: false }, lock);
  if (known.some(({ state }) => state === 'submitted' || state === 'in_review')) return null;
  for (const ended of known.filter(({ state }) => state === 'expired' || state === 'revoked')) {
    await supersede(tx, ended);
  }
  return known.find(({ state }) => state === 'rejected') ?? createDraft(tx, userId, kind);
}

/** Null when a parallel call was faster. */
async function createDraft(tx: Tx, userId: UserId, kind: DocumentKind): Promise<Verification | null> {
  const at = await tx.now();
  const draft = tx.db.create(VerificationEntity, {
    id: newId(),
    userId,
    kind,
    numberEnding: null,
    numberHash: null,
    state: 'draft',
    superseded: false,
    reviewerId: null,
    claimedUntil: null,
    reason: null,
    expiresAt: null,
    remindAt: null,
    documentsDueAt: null,
    submittedAt: at,
    decidedAt: null,
    version: 1,
    createdAt: at,
    updatedAt: at,
  });
  if (!(await flushUnique(tx.db, 'verification_open'))) return null;
  return draft;
}

/** Documents that a new attempt leaves out are deleted at once. False when one of the new ones served elsewhere. */
async function replaceDocuments(tx: Tx, verification: Verification, uploadIds: readonly string[]): Promise<boolean> {
  await tx.db.flush();
  const before = (await documentsOf(tx.db, [verification])).get(verification.id) ?? [];
  await discardUploads(
    tx,
    before.filter((id) => !uploadIds.includes(id)),
  );
  await sql`delete from verification_document where verification_id = ${verification.id}`.execute(tx.sql);
  try {
    await sql`
      insert into verification_document (upload_id, verification_id, position)
      select given.id::uuid, ${verification.id}, given.position
      from jsonb_array_elements_text(${JSON.stringify(uploadIds)}::text::jsonb)
        with ordinality as given(id, position)`.execute(tx.sql);
  } catch (error) {
    if (isUniqueViolation(error, 'verification_document_pkey')) return false;
    throw error;
  }
  return true;
}
