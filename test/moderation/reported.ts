import { say, talk } from '../chat/talk.ts';
import type { Harness, TestUser } from '../support/harness.ts';
import { createListing } from '../support/listings.ts';

export interface Reported {
  readonly reporter: TestUser;
  readonly owner: TestUser;
  readonly moderator: TestUser;
  readonly reportId: string;
  readonly subject: { kind: string; id: string };
}

/** A report about somebody's listing. */
export async function reported(market: Harness, subject?: Reported['subject'], by?: TestUser): Promise<Reported> {
  const [reporter, owner] = [by ?? (await market.user()), await market.user()];
  const about = subject ?? { kind: 'listing', id: (await createListing(market, owner)).id };
  const { id: reportId } = await market.ok(reporter, 'reports.file', { subject: about, reason: 'fraud' });
  return { reporter, owner, moderator: await market.user({ roles: ['moderator'] }), reportId, subject: about };
}

/** The same, claimed by its moderator. */
export async function claimed(market: Harness, subject?: Reported['subject'], by?: TestUser) {
  const found = await reported(market, subject, by);
  const { version } = await market.ok(found.moderator, 'reports.claim', { reportId: found.reportId });
  return { ...found, version };
}

/** A message as its reader reports it. */
export async function reportedMessage(market: Harness) {
  const found = await talk(market);
  const { id } = await say(market, found.buyer, found);
  return { ...found, ...(await claimed(market, { kind: 'message', id }, found.seller)), messageId: id };
}
