import type { Harness, TestUser } from '../support/harness.ts';

let count = 0;

export function application(fields: Record<string, unknown> = {}): Record<string, unknown> {
  count += 1;
  return {
    name: `Shop number ${count}`,
    description: 'Everything for the desk.',
    contactEmail: 'desk@shop.test',
    ...fields,
  };
}

export interface Shop {
  readonly owner: TestUser;
  readonly merchantId: string;
}

/** Claims and decides. */
export async function decideApplication(
  market: Harness,
  applicationId: string,
  { by, ...decision }: { decision: 'approve' | 'reject'; reason?: string; by?: TestUser },
): Promise<any> {
  const reviewer = by ?? (await market.user({ roles: ['admin'] }));
  const { version } = await market.ok(reviewer, 'merchants.claimApplication', { applicationId });
  return market.ok(reviewer, 'merchants.reviewApplication', { applicationId, version, ...decision });
}

/** A shop that was applied for and approved. Its owner's session knows of the role. */
export async function openShop(market: Harness, given?: TestUser): Promise<Shop> {
  const owner = given ?? (await market.user());
  const { id } = await market.ok(owner, 'merchants.apply', application());
  const { merchantId } = await decideApplication(market, id, { decision: 'approve' });
  return { owner: { ...owner, actor: { ...owner.actor, roles: ['merchant'] } }, merchantId };
}

export async function invited(
  market: Harness,
  { owner, merchantId }: Shop,
  { role = 'staff', userId }: { role?: 'manager' | 'staff'; userId: string },
): Promise<string> {
  return (await market.ok(owner, 'merchantTeam.invite', { merchantId, userId, role })).id;
}

/** Somebody who was invited and accepted. */
export async function member(market: Harness, shop: Shop, role: 'manager' | 'staff' = 'staff'): Promise<TestUser> {
  const user = await market.user();
  const invitationId = await invited(market, shop, { role, userId: user.id });
  await market.ok(user, 'merchantTeam.accept', { invitationId });
  return user;
}
