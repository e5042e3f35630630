import { z } from 'zod';
import { defineCommand, type Tx } from '../../kernel/define.ts';
import { walletChanged } from '../../ledger/index.ts';
import {
  lockOrderGroup,
  OrderGroupId,
  orderChanged,
  paymentMethods,
  type OrderGroup,
  type PaymentMethod,
} from '../../orders/index.ts';
import type { Payment } from '../entities.ts';
import { paymentChanged, tellPayer } from '../events.ts';
import { submitPayments } from '../jobs/submit.ts';
import { isOpen } from '../moving.ts';
import { openAttempt, providerOf } from '../opening.ts';
import { isDelivered, promiseCash, spendWallet } from '../own-methods.ts';
import { lockPaymentsOf } from '../rows.ts';
import { returnUrlInput } from '../settings.ts';
import { Started, started } from '../views.ts';

export const startPayment = defineCommand({
  name: 'payments.start',
  access: 'user',
  ratePerMinute: 30,
  summary:
    'Pay what is left of an order group. `wallet` pays at once and `cod` promises cash at the ' +
    'delivery; for other methods the provider is asked afterwards, and the outcome is pushed.',
  input: z.strictObject({
    orderGroupId: OrderGroupId,
    method: z.enum(paymentMethods),
    ...returnUrlInput,
  }),
  output: Started,
  errors: [
    'orders.not_found',
    'payments.method_unavailable',
    'payments.not_payable',
    'payments.expired',
    'payments.in_progress',
    'payments.insufficient',
  ],
  emits: [paymentChanged, orderChanged, walletChanged],
  async run({ input, actor, tx, fail }) {
    const { method, returnUrl = null } = input;
    const group = await lockOrderGroup(tx, input.orderGroupId);
    if (group?.buyerId !== actor.userId) return fail('orders.not_found');
    const provider = await offeredBy(tx, group, method);
    if (!provider) return fail('payments.method_unavailable');
    if (group.state !== 'awaiting_payment') fail('payments.not_payable');
    if (group.deadline <= (await tx.now())) fail('payments.expired');
    const open = (await lockPaymentsOf(tx, group)).find(isOpen);
    if (open && open.method !== method) fail('payments.in_progress');
    // Asking twice is one wish: the attempt under way is the answer.
    if (open) return started(open);
    const payment = await openFor(tx, group, { method, provider, returnUrl });
    if (method === 'wallet' || method === 'cod') {
      const done = await (method === 'wallet' ? spendWallet : promiseCash)(tx, { payment, group });
      if (done === 'insufficient') fail('payments.insufficient');
      if (done === 'not_payable') fail('payments.not_payable');
    } else tx.nudge(submitPayments);
    tellPayer(tx, payment);
    return started(payment);
  },
});

/** Who takes the money: a provider, or the market itself. Undefined when this group cannot be paid so. */
async function offeredBy(tx: Tx, group: OrderGroup, method: PaymentMethod): Promise<string | undefined> {
  if (method === 'wallet') return 'wallet';
  // What the wallet pays whole leaves nothing for another method.
  if (group.walletMinor === group.totalMinor) return undefined;
  if (method === 'cod') return (await isDelivered(tx, group)) ? 'cod' : undefined;
  return providerOf(tx, method);
}

async function openFor(
  tx: Tx,
  { id: orderGroupId, buyerId: payerId, currency, deadline, totalMinor, walletMinor }: OrderGroup,
  { method, provider, returnUrl }: Pick<Payment, 'method' | 'provider'> & { returnUrl: string | null },
): Promise<Payment> {
  const amountMinor = method === 'wallet' ? totalMinor : totalMinor - walletMinor;
  return openAttempt(
    tx,
    { purpose: 'order', orderGroupId, payerId, method, provider, amountMinor, currency, deadline },
    { returnUrl, isSubmitted: method !== 'wallet' && method !== 'cod' },
  );
}
