import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { AmountMinor, Currency } from '../../kernel/money.ts';
import { orderSettingsPort, paymentMethods } from '../../orders/index.ts';
import { paymentChanged, tellPayer } from '../events.ts';
import { submitPayments } from '../jobs/submit.ts';
import { openAttempt, providerOf } from '../opening.ts';
import { returnUrlInput } from '../settings.ts';
import { Started, started } from '../views.ts';

export const topUpWallet = defineCommand({
  name: 'wallet.topUp',
  access: 'user',
  ratePerMinute: 10,
  summary: 'Pay money into your wallet. It is credited when the provider has captured it, late or not.',
  input: z.strictObject({
    amountMinor: AmountMinor,
    currency: Currency,
    method: z.enum(paymentMethods),
    ...returnUrlInput,
  }),
  output: Started,
  errors: ['payments.method_unavailable'],
  emits: [paymentChanged],
  async run({ input, actor: { userId: payerId }, tx, fail }) {
    const { amountMinor, currency, method, returnUrl = null } = input;
    const provider = providerOf(tx, method);
    if (!provider) return fail('payments.method_unavailable');
    const deadline = new Date((await tx.now()).getTime() + tx.port(orderSettingsPort).paymentWindowMs);
    const payment = await openAttempt(
      tx,
      { purpose: 'top_up', orderGroupId: null, payerId, method, provider, amountMinor, currency, deadline },
      { returnUrl, isSubmitted: true },
    );
    tellPayer(tx, payment);
    tx.nudge(submitPayments);
    return started(payment);
  },
});
