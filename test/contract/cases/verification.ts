import { system, type Harness } from '../../support/harness.ts';
import { confirmedUpload } from '../../support/disk.ts';
import { dayAfter, decide, paper, submitted } from '../../verification/papers.ts';
import type { AreaCases, OperationCases } from '../cases.ts';

const moderator = (market: Harness) => market.user({ roles: ['moderator'] });
const sweep: OperationCases = { success: async () => ({ as: system, input: {} }) };

async function claimed(market: Harness) {
  const { owner, id: verificationId } = await submitted(market);
  const reviewer = await moderator(market);
  const { version } = await market.ok(reviewer, 'verification.claim', { verificationId });
  return { owner, reviewer, verificationId, version };
}

async function approved(market: Harness, fields: Record<string, unknown> = {}) {
  const { owner, id: verificationId } = await submitted(market, fields);
  await decide(market, verificationId, { decision: 'approve' });
  return { owner, verificationId };
}

/** A moderator's own papers. */
async function own(market: Harness) {
  const owner = await moderator(market);
  const { id: verificationId } = await submitted(market, {}, owner);
  return { as: owner, verificationId };
}

export const verificationCases: AreaCases = {
  operations: {
    'verification.submit': {
      async success(market) {
        const owner = await market.user();
        const input = {
          kind: 'passport',
          documentNumber: 'N 123-456',
          documentIds: [await paper(market, owner)],
          expiresOn: dayAfter(market, 400),
        };
        return { as: owner, input };
      },
      async wrongActor(market) {
        const documentIds = [await paper(market, await market.user())];
        return { as: await market.user(), input: { kind: 'passport', documentIds }, error: 'uploads.not_found' };
      },
    },
    'verification.get': { success: async (market) => ({ as: (await submitted(market)).owner, input: {} }) },
    'verification.queue': {
      async success(market) {
        await submitted(market);
        return { as: await moderator(market), input: { kind: 'emirates_id' } };
      },
    },
    'verification.claim': {
      async success(market) {
        const { id: verificationId } = await submitted(market);
        return { as: await moderator(market), input: { verificationId } };
      },
      async wrongActor(market) {
        const { as, verificationId } = await own(market);
        return { as, input: { verificationId }, error: 'verification.own' };
      },
    },
    'verification.review': {
      async success(market) {
        const { reviewer, verificationId, version } = await claimed(market);
        return { as: reviewer, input: { verificationId, version, decision: 'approve', expiresOn: '2099-12-31' } };
      },
      async wrongActor(market) {
        const { verificationId, version } = await claimed(market);
        const input = { verificationId, version, decision: 'approve' };
        return { as: await moderator(market), input, error: 'verification.not_claimed' };
      },
    },
    'verification.revoke': {
      async success(market) {
        const { verificationId } = await approved(market);
        return { as: await moderator(market), input: { verificationId, reason: 'Forged.' } };
      },
    },
    'verification.document': {
      async success(market) {
        const { id: verificationId, documentIds } = await submitted(market);
        return { as: await moderator(market), input: { verificationId, documentId: documentIds[0] } };
      },
    },
    'verification.expire': sweep,
    'verification.remind': sweep,
    'verification.deleteDocuments': sweep,
  },
  errors: {
    'verification.not_found': async (market) => ({
      name: 'verification.claim',
      as: await moderator(market),
      input: { verificationId: crypto.randomUUID() },
    }),
    'verification.own': async (market) => {
      const { as, verificationId } = await own(market);
      return { name: 'verification.claim', as, input: { verificationId } };
    },
    'verification.stale': async (market) => {
      const { reviewer, verificationId, version } = await claimed(market);
      const input = { verificationId, version: version - 1, decision: 'approve' };
      return { name: 'verification.review', as: reviewer, input };
    },
    'verification.wrong_state': async (market) => {
      const { verificationId } = await approved(market);
      return { name: 'verification.claim', as: await moderator(market), input: { verificationId } };
    },
    'verification.claimed': async (market) => {
      const { verificationId } = await claimed(market);
      return { name: 'verification.claim', as: await moderator(market), input: { verificationId } };
    },
    'verification.not_claimed': async (market) => {
      const { verificationId, version } = await claimed(market);
      const input = { verificationId, version, decision: 'approve' };
      return { name: 'verification.review', as: await moderator(market), input };
    },
    'verification.already_submitted': async (market) => {
      const { owner } = await submitted(market);
      const input = { kind: 'emirates_id', documentIds: [await paper(market, owner)] };
      return { name: 'verification.submit', as: owner, input };
    },
    'verification.document_used': async (market) => {
      const { owner, documentIds } = await submitted(market);
      return { name: 'verification.submit', as: owner, input: { kind: 'passport', documentIds } };
    },
    'verification.document_expired': async (market) => {
      const owner = await market.user();
      const documentIds = [await confirmedUpload(market, owner, { purpose: 'verification' })];
      return {
        name: 'verification.submit',
        as: owner,
        input: { kind: 'passport', documentIds, expiresOn: '2020-01-31' },
      };
    },
  },
};
