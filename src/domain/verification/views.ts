import { sql } from 'kysely';
import { z } from 'zod';
import { publicProfiles, PublicUserView } from '../identity/index.ts';
import type { Db } from '../kernel/define.ts';
import { assert } from '../kernel/errors.ts';
import { UserId } from '../kernel/ids.ts';
import { orNull } from '../kernel/or-null.ts';
import { iso, Timestamp } from '../kernel/timestamp.ts';
import { documentKinds, VerificationDocumentEntity, VerificationId, type Verification } from './entities.ts';
import { verificationMachine } from './machine.ts';
import { verificationRules } from './settings.ts';

const dayMs = 86_400_000;

/** A submission as the person concerned sees it. */
export const VerificationView = z.object({
  id: VerificationId,
  version: z.int(),
  /** Set when a newer submission of the kind takes its place. */
  deleted: z.literal(true).optional(),
  kind: z.enum(documentKinds),
  state: z.enum(verificationMachine.states),
  numberEnding: orNull(z.string()),
  documentIds: z.array(z.uuid()).describe('Uploads; deleted some time after the decision.'),
  reason: orNull(z.string()),
  expiresOn: orNull(z.iso.date()).describe('The last day on which the document is valid.'),
  submittedAt: Timestamp,
  decidedAt: orNull(Timestamp),
  allowedActions: z.array(z.string()),
});

/** A submission as reviewers see it. */
export const ReviewView = VerificationView.omit({ deleted: true }).extend({
  user: PublicUserView,
  claim: orNull(z.object({ reviewerId: UserId, until: Timestamp })),
  sameNumber: z.array(UserId).describe('Other accounts that handed in a document of this number.'),
});

/** A document is valid through its last day, in UTC. */
export function endOfDay(date: string): Date {
  return new Date(Date.parse(`${date}T00:00:00.000Z`) + dayMs);
}

export function lastDayOf(expiresAt: Date | null | undefined): string | null {
  return expiresAt ? new Date(expiresAt.getTime() - 1).toISOString().slice(0, 10) : null;
}

/** Uploads by submission, in the order in which they were given. */
export async function documentsOf(db: Db, verifications: readonly Verification[]): Promise<Map<string, string[]>> {
  const ids = verifications.map(({ id }) => id);
  const found = await db.find(
    VerificationDocumentEntity,
    { verificationId: { $in: ids } },
    { orderBy: { position: 'asc' } },
  );
  const byId = Map.groupBy(found, ({ verificationId }) => verificationId);
  return new Map(ids.map((id) => [id, (byId.get(id) ?? []).map(({ uploadId }) => uploadId)]));
}

export function verificationView(
  verification: Verification,
  documentIds: readonly string[],
): z.input<typeof VerificationView> {
  const { id, version, kind, state, numberEnding, reason, expiresAt, submittedAt, decidedAt, superseded } =
    verification;
  const mayAgain = state === 'rejected' || state === 'expired' || state === 'revoked';
  return {
    id,
    version,
    kind,
    state,
    numberEnding,
    documentIds: [...documentIds],
    reason,
    expiresOn: lastDayOf(expiresAt),
    submittedAt: iso(submittedAt),
    decidedAt: iso(decidedAt),
    allowedActions: mayAgain && !superseded ? ['verification.submit'] : [],
    ...(superseded ? { deleted: true as const } : {}),
  };
}

export async function verificationViews(
  db: Db,
  verifications: readonly Verification[],
): Promise<z.input<typeof VerificationView>[]> {
  const documents = await documentsOf(db, verifications);
  return verifications.map((verification) => verificationView(verification, documents.get(verification.id) ?? []));
}

export async function reviewViews(
  { db, now }: { db: Db; now: Date },
  verifications: readonly Verification[],
): Promise<z.input<typeof ReviewView>[]> {
  const views = await verificationViews(db, verifications);
  const people = await publicProfiles(
    db,
    verifications.map(({ userId }) => userId),
  );
  const same = await sameNumbers(db, verifications);
  return verifications.map((verification, index) => {
    const { userId, state, reviewerId, claimedUntil } = verification;
    const user = people.get(userId);
    const view = views[index];
    assert(user && view, `verification ${verification.id} has a person`);
    const { deleted: _, ...shown } = view;
    const claimed = state === 'in_review' && reviewerId && claimedUntil && claimedUntil > now;
    return {
      ...shown,
      user,
      claim: claimed ? { reviewerId, until: iso(claimedUntil) } : null,
      sameNumber: same.get(verification.id) ?? [],
      allowedActions: reviewerActions(verification, now),
    };
  });
}

function reviewerActions({ state, claimedUntil }: Verification, now: Date): string[] {
  if (state === 'approved') return ['verification.revoke'];
  if (state === 'submitted') return ['verification.claim'];
  if (state !== 'in_review') return [];
  return claimedUntil && claimedUntil > now ? ['verification.review'] : ['verification.claim'];
}

async function sameNumbers(db: Db, verifications: readonly Verification[]): Promise<Map<string, UserId[]>> {
  const ids = `{${verifications.map(({ id }) => id).join(',')}}`;
  const { rows } = await sql<{ id: string; users: UserId[] }>`
    select v.id, array(
      select distinct other.user_id from verification other
      where other.number_hash = v.number_hash and other.user_id <> v.user_id
      order by 1 limit ${verificationRules.sameNumberMax}
    )::text[] as users
    from verification v where v.id = any(${ids}::uuid[]) and v.number_hash is not null`.execute(db.getKysely());
  return new Map(rows.map(({ id, users }) => [id, users]));
}
