import { confirmedUpload } from '../support/disk.ts';
import type { Harness, TestUser } from '../support/harness.ts';

/** A processed upload of the purpose. */
export async function paper(market: Harness, owner: TestUser): Promise<string> {
  const uploadId = await confirmedUpload(market, owner, { purpose: 'verification' });
  await market.runJob('uploads.process');
  return uploadId;
}

export interface Submission {
  readonly owner: TestUser;
  readonly id: string;
  readonly documentIds: string[];
}

export async function submitted(
  market: Harness,
  fields: Record<string, unknown> = {},
  by?: TestUser,
): Promise<Submission> {
  const owner = by ?? (await market.user());
  const documentIds = [await paper(market, owner)];
  const { id } = await market.ok(owner, 'verification.submit', { kind: 'emirates_id', documentIds, ...fields });
  return { owner, id, documentIds };
}

/** Claims and decides. */
export async function decide(
  market: Harness,
  verificationId: string,
  { by, ...decision }: { decision: 'approve' | 'reject'; reason?: string; expiresOn?: string; by?: TestUser },
): Promise<any> {
  const reviewer = by ?? (await market.user({ roles: ['moderator'] }));
  const { version } = await market.ok(reviewer, 'verification.claim', { verificationId });
  return market.ok(reviewer, 'verification.review', { verificationId, version, ...decision });
}

const dayMs = 86_400_000;

/** A day this many days from the market's now. */
export function dayAfter(market: Harness, days: number): string {
  return new Date(Date.now() + market.clock.offsetMs + days * dayMs).toISOString().slice(0, 10);
}
