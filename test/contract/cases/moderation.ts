import { claimed, reported } from '../../moderation/reported.ts';
import { purchase } from '../../payments/bank.ts';
import { system } from '../../support/harness.ts';
import type { AreaCases } from '../cases.ts';

export const moderationCases: AreaCases = {
  operations: {
    'reports.file': {
      async success(market) {
        const subject = { kind: 'user', id: (await market.user()).id };
        return { as: await market.user(), input: { subject, reason: 'harassment', text: 'Rude words' } };
      },
    },
    'complaints.file': {
      async success(market) {
        const { seller, orderId } = await purchase(market);
        return { as: seller, input: { orderId, reason: 'no_show' } };
      },
      async wrongActor(market) {
        const { buyer, orderId } = await purchase(market);
        return { as: buyer, input: { orderId, reason: 'no_show' }, error: 'complaints.order_not_found' };
      },
    },
    'reports.mine': { success: async (market) => ({ as: (await reported(market)).reporter, input: {} }) },
    'reports.queue': { success: async (market) => ({ as: (await reported(market)).moderator, input: {} }) },
    'reports.get': {
      async success(market) {
        const { moderator, reportId } = await reported(market);
        return { as: moderator, input: { reportId } };
      },
    },
    'reports.claim': {
      async success(market) {
        const { moderator, reportId } = await reported(market);
        return { as: moderator, input: { reportId } };
      },
    },
    'reports.evidence': {
      async success(market) {
        const { moderator, reportId } = await claimed(market);
        return { as: moderator, input: { reportId } };
      },
      async wrongActor(market) {
        const { reportId } = await claimed(market);
        return { as: await market.user({ roles: ['moderator'] }), input: { reportId }, error: 'reports.claimed' };
      },
    },
    'reports.resolve': {
      async success(market) {
        const { moderator, reportId, version } = await claimed(market);
        return { as: moderator, input: { reportId, version, action: 'remove', note: 'A known fake' } };
      },
    },
    'sanctions.lift': { success: async () => ({ as: system, input: {} }) },
  },
  errors: {
    'reports.subject_not_found': async (market) => ({
      name: 'reports.file',
      as: await market.user(),
      input: { subject: { kind: 'message', id: crypto.randomUUID() }, reason: 'spam' },
    }),
    async 'reports.own_subject'(market) {
      const as = await market.user();
      return { name: 'reports.file', as, input: { subject: { kind: 'user', id: as.id }, reason: 'spam' } };
    },
    async 'reports.already_open'(market) {
      const { reporter, subject } = await reported(market);
      return { name: 'reports.file', as: reporter, input: { subject, reason: 'spam' } };
    },
    'reports.not_found': async (market) => ({
      name: 'reports.claim',
      as: await market.user({ roles: ['moderator'] }),
      input: { reportId: crypto.randomUUID() },
    }),
    async 'reports.conflict_of_interest'(market) {
      const as = await market.user({ roles: ['moderator'] });
      const { reportId } = await reported(market, { kind: 'user', id: as.id });
      return { name: 'reports.claim', as, input: { reportId } };
    },
    async 'reports.stale'(market) {
      const { moderator, reportId, version } = await claimed(market);
      const input = { reportId, version: version + 1, action: 'dismiss', note: 'Fine' };
      return { name: 'reports.resolve', as: moderator, input };
    },
    async 'reports.closed'(market) {
      const { moderator, reportId, version } = await claimed(market);
      await market.ok(moderator, 'reports.resolve', { reportId, version, action: 'dismiss', note: 'Fine' });
      return { name: 'reports.claim', as: moderator, input: { reportId } };
    },
    async 'reports.claimed'(market) {
      const { reportId } = await claimed(market);
      return { name: 'reports.claim', as: await market.user({ roles: ['moderator'] }), input: { reportId } };
    },
    async 'reports.not_claimed'(market) {
      const { moderator, reportId } = await reported(market);
      const input = { reportId, version: 1, action: 'dismiss', note: 'Fine' };
      return { name: 'reports.resolve', as: moderator, input };
    },
    async 'reports.action_impossible'(market) {
      const subject = { kind: 'user', id: (await market.user()).id };
      const { moderator, reportId, version } = await claimed(market, subject);
      return { name: 'reports.resolve', as: moderator, input: { reportId, version, action: 'remove', note: 'Gone' } };
    },
    async 'complaints.order_not_found'(market) {
      const { buyer, orderId } = await purchase(market);
      return { name: 'complaints.file', as: buyer, input: { orderId, reason: 'other' } };
    },
  },
};
