import { merchantRules } from '../../../src/domain/merchants/rules.ts';
import { system, type Harness, type TestUser } from '../../support/harness.ts';
import { application, decideApplication, invited, member, openShop, type Shop } from '../../merchants/shop.ts';
import type { AreaCases, Call, OperationCases } from '../cases.ts';

type Fields = Record<string, unknown>;

const admin = (market: Harness) => market.user({ roles: ['admin'] });

async function applied(market: Harness) {
  const owner = await market.user();
  const fields = application();
  const { id: applicationId } = await market.ok(owner, 'merchants.apply', fields);
  return { owner, applicationId, fields };
}

async function claimed(market: Harness) {
  const { applicationId } = await applied(market);
  const reviewer = await admin(market);
  const { version } = await market.ok(reviewer, 'merchants.claimApplication', { applicationId });
  return { reviewer, applicationId, version };
}

/** An invitation on its way, and whom it is for. */
async function pending(market: Harness): Promise<{ shop: Shop; user: TestUser; invitationId: string }> {
  const [shop, user] = [await openShop(market), await market.user()];
  return { shop, user, invitationId: await invited(market, shop, { userId: user.id }) };
}

/** A call of the owner, about a member where one is needed; refused to people outside. */
function byOwner(
  fields: (market: Harness, shop: Shop) => Promise<Fields>,
  roles: [] | ['merchant'] = [],
): OperationCases {
  return {
    async success(market) {
      const shop = await openShop(market);
      return { as: shop.owner, input: { merchantId: shop.merchantId, ...(await fields(market, shop)) } };
    },
    async wrongActor(market) {
      const shop = await openShop(market);
      const input = { merchantId: shop.merchantId, ...(await fields(market, shop)) };
      return { as: await market.user({ roles }), input, error: 'merchants.not_found' };
    },
  };
}

const about = async (market: Harness, shop: Shop) => ({ userId: (await member(market, shop)).id });

function byInvited(): OperationCases {
  return {
    async success(market) {
      const { user, invitationId } = await pending(market);
      return { as: user, input: { invitationId } };
    },
    async wrongActor(market) {
      const { invitationId } = await pending(market);
      return { as: await market.user(), input: { invitationId }, error: 'merchantTeam.not_found' };
    },
  };
}

async function onSuspended(market: Harness, name: string, fields: Fields): Promise<Call & { name: string }> {
  const { owner, merchantId } = await openShop(market);
  await market.ok(await admin(market), 'merchants.suspend', { merchantId, reason: 'Fakes.' });
  return { name, as: owner, input: { merchantId, ...fields } };
}

const execute = (market: Harness, statement: string, values: unknown[]) =>
  market.database.fork().getConnection().execute(statement, values);

export const merchantsCases: AreaCases = {
  operations: {
    'merchants.apply': { success: async (market) => ({ as: await market.user(), input: application() }) },
    'merchants.application': { success: async (market) => ({ as: (await applied(market)).owner, input: {} }) },
    'merchants.applications': {
      async success(market) {
        await applied(market);
        return { as: await admin(market), input: {} };
      },
    },
    'merchants.claimApplication': {
      async success(market) {
        const { applicationId } = await applied(market);
        return { as: await admin(market), input: { applicationId } };
      },
    },
    'merchants.reviewApplication': {
      async success(market) {
        const { reviewer, applicationId, version } = await claimed(market);
        return { as: reviewer, input: { applicationId, version, decision: 'approve' } };
      },
      async wrongActor(market) {
        const { applicationId, version } = await claimed(market);
        const input = { applicationId, version, decision: 'approve' };
        return { as: await admin(market), input, error: 'merchants.not_claimed' };
      },
    },
    'merchants.profile': {
      success: async (market) => ({ as: null, input: { merchantId: (await openShop(market)).merchantId } }),
    },
    'merchants.update': byOwner(async () => ({ description: 'Pens and paper.', category: 'stationery' })),
    'merchants.suspend': {
      async success(market) {
        const { merchantId } = await openShop(market);
        return { as: await admin(market), input: { merchantId, reason: 'Sold fakes.' } };
      },
    },
    'merchants.reinstate': {
      async success(market) {
        const { merchantId } = await openShop(market);
        await market.ok(await admin(market), 'merchants.suspend', { merchantId, reason: 'Sold fakes.' });
        return { as: await admin(market), input: { merchantId, reason: 'A mistake.' } };
      },
    },
    'merchants.close': byOwner(async () => ({}), ['merchant']),
    'merchantTeam.list': byOwner(async () => ({})),
    'merchantTeam.invite': byOwner(async (market) => ({ userId: (await market.user()).id, role: 'staff' })),
    'merchantTeam.revoke': {
      async success(market) {
        const { shop, invitationId } = await pending(market);
        return { as: shop.owner, input: { invitationId } };
      },
      async wrongActor(market) {
        const { user, invitationId } = await pending(market);
        return { as: user, input: { invitationId }, error: 'merchants.not_found' };
      },
    },
    'merchantTeam.accept': byInvited(),
    'merchantTeam.decline': byInvited(),
    'merchantTeam.remove': byOwner(about),
    'merchantTeam.setRole': byOwner(async (market, shop) => ({ ...(await about(market, shop)), role: 'manager' })),
    'merchantTeam.transfer': byOwner(about, ['merchant']),
    'merchantTeam.leave': {
      async success(market) {
        const shop = await openShop(market);
        return { as: await member(market, shop), input: { merchantId: shop.merchantId } };
      },
      async wrongActor(market) {
        const { merchantId } = await openShop(market);
        return { as: await market.user(), input: { merchantId }, error: 'merchants.not_found' };
      },
    },
    'merchantTeam.expire': {
      async success(market) {
        await pending(market);
        return { as: system, input: {} };
      },
    },
  },
  errors: {
    'merchants.not_found': async () => ({
      name: 'merchants.profile',
      as: null,
      input: { merchantId: crypto.randomUUID() },
    }),
    'merchants.own': async (market) => {
      const reviewer = await admin(market);
      const { id: applicationId } = await market.ok(reviewer, 'merchants.apply', application());
      return { name: 'merchants.claimApplication', as: reviewer, input: { applicationId } };
    },
    'merchants.already_owner': async (market) => ({
      name: 'merchants.apply',
      as: (await openShop(market)).owner,
      input: application(),
    }),
    'merchants.already_applied': async (market) => ({
      name: 'merchants.apply',
      as: (await applied(market)).owner,
      input: application(),
    }),
    'merchants.slug_taken': async (market) => {
      const { merchantId } = await openShop(market);
      const { slug } = await market.ok(null, 'merchants.profile', { merchantId });
      return { name: 'merchants.apply', as: await market.user(), input: application({ slug }) };
    },
    'merchants.stale': async (market) => {
      const { reviewer, applicationId, version } = await claimed(market);
      const input = { applicationId, version: version - 1, decision: 'approve' };
      return { name: 'merchants.reviewApplication', as: reviewer, input };
    },
    'merchants.wrong_state': async (market) => {
      const { applicationId } = await applied(market);
      await decideApplication(market, applicationId, { decision: 'approve' });
      return { name: 'merchants.claimApplication', as: await admin(market), input: { applicationId } };
    },
    'merchants.claimed': async (market) => {
      const { applicationId } = await claimed(market);
      return { name: 'merchants.claimApplication', as: await admin(market), input: { applicationId } };
    },
    'merchants.not_claimed': async (market) => {
      const { applicationId, version } = await claimed(market);
      const input = { applicationId, version, decision: 'approve' };
      return { name: 'merchants.reviewApplication', as: await admin(market), input };
    },
    'merchants.suspended': (market) => onSuspended(market, 'merchants.update', { name: 'Another name' }),
    'merchantTeam.not_found': async (market) => ({
      name: 'merchantTeam.accept',
      as: await market.user(),
      input: { invitationId: crypto.randomUUID() },
    }),
    'merchantTeam.not_member': async (market) => {
      const { owner, merchantId } = await openShop(market);
      const input = { merchantId, userId: (await market.user()).id };
      return { name: 'merchantTeam.remove', as: owner, input };
    },
    'merchantTeam.not_pending': async (market) => {
      const { user, invitationId } = await pending(market);
      await market.ok(user, 'merchantTeam.decline', { invitationId });
      return { name: 'merchantTeam.accept', as: user, input: { invitationId } };
    },
    'merchantTeam.expired': async (market) => {
      const { user, invitationId } = await pending(market);
      await execute(market, `update merchant_invitation set deadline = now() - interval '1 day' where id = ?`, [
        invitationId,
      ]);
      return { name: 'merchantTeam.accept', as: user, input: { invitationId } };
    },
    'merchantTeam.already_member': async (market) => {
      const shop = await openShop(market);
      const input = { merchantId: shop.merchantId, userId: (await member(market, shop)).id, role: 'staff' };
      return { name: 'merchantTeam.invite', as: shop.owner, input };
    },
    'merchantTeam.already_invited': async (market) => {
      const { shop, user } = await pending(market);
      const input = { merchantId: shop.merchantId, userId: user.id, role: 'staff' };
      return { name: 'merchantTeam.invite', as: shop.owner, input };
    },
    'merchantTeam.full': async (market) => {
      const { owner, merchantId } = await openShop(market);
      for (let index = 1; index < merchantRules.teamMax; index += 1) {
        const email = `person${index}@example.test`;
        await market.ok(owner, 'merchantTeam.invite', { merchantId, email, role: 'staff' });
      }
      const input = { merchantId, email: 'one-more@example.test', role: 'staff' };
      return { name: 'merchantTeam.invite', as: owner, input };
    },
    'merchantTeam.too_many_shops': async (market) => {
      const { user, invitationId } = await pending(market);
      for (let index = 0; index < merchantRules.shopsPerPersonMax; index += 1) {
        const { merchantId } = await openShop(market);
        await execute(
          market,
          `insert into merchant_member (id, merchant_id, user_id, role, joined_at) values (?, ?, ?, 'staff', now())`,
          [crypto.randomUUID(), merchantId, user.id],
        );
      }
      return { name: 'merchantTeam.accept', as: user, input: { invitationId } };
    },
    'merchantTeam.owner_stays': async (market) => {
      const { owner, merchantId } = await openShop(market);
      return { name: 'merchantTeam.leave', as: owner, input: { merchantId } };
    },
  },
};
