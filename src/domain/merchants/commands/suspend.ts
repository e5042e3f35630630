import { z } from 'zod';
import { setSellingSuspended, userChanged } from '../../identity/index.ts';
import { defineCommand, type Tx } from '../../kernel/define.ts';
import { applyMove } from '../../kernel/machine.ts';
import { MerchantId, type Merchant } from '../entities.ts';
import { merchantChanged } from '../events.ts';
import { merchantMachine } from '../machine.ts';
import { Reason } from '../rules.ts';
import { lockMerchant, pushTeam, teamOf } from '../team.ts';
import { PublicMerchantView, publicMerchantView } from '../views.ts';

const shared = {
  access: 'admin',
  ratePerMinute: 30,
  input: z.strictObject({ merchantId: MerchantId, reason: Reason }),
  output: PublicMerchantView,
  emits: [merchantChanged, userChanged],
} as const;

export const suspendMerchant = defineCommand({
  ...shared,
  name: 'merchants.suspend',
  summary: 'Hide a shop and all its listings, with a reason, which its team is told. What was bought goes on.',
  errors: ['merchants.not_found', 'merchants.wrong_state'],
  async run({ input: { merchantId, reason }, tx, fail }) {
    const merchant = await lockMerchant(tx, merchantId);
    if (!merchant) return fail('merchants.not_found');
    if (!(await move(tx, merchant, { name: 'suspend', reason }))) fail('merchants.wrong_state');
    return publicMerchantView(merchant);
  },
});

export const reinstateMerchant = defineCommand({
  ...shared,
  name: 'merchants.reinstate',
  summary: 'Bring a suspended shop and its listings back. Nobody does that for a shop that they work for.',
  errors: ['merchants.not_found', 'merchants.own', 'merchants.wrong_state'],
  async run({ input: { merchantId }, actor, tx, fail }) {
    const merchant = await lockMerchant(tx, merchantId);
    if (!merchant) return fail('merchants.not_found');
    const team = await teamOf(tx.db, merchantId);
    if (team.some(({ userId }) => userId === actor.userId)) fail('merchants.own');
    if (!(await move(tx, merchant, { name: 'reinstate', reason: null }))) fail('merchants.wrong_state');
    return publicMerchantView(merchant);
  },
});

async function move(
  tx: Tx,
  merchant: Merchant,
  { name, reason }: { name: 'suspend' | 'reinstate'; reason: string | null },
): Promise<boolean> {
  const at = await tx.now();
  if (!applyMove(merchantMachine, merchant, { name, by: 'admin', at })) return false;
  merchant.reason = reason;
  await pushTeam(tx, merchant, name === 'suspend' ? 'suspended' : 'reinstated');
  await setSellingSuspended(tx, merchant.ownerId, name === 'suspend' ? at : null);
  return true;
}
