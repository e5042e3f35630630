import { z } from 'zod';
import type { Clock } from '../../kernel/clock.ts';
import type { ChargebackFact, PayoutFact, ProviderFact } from '../facts.ts';
import type { PaymentProvider, ProviderMessage } from '../provider.ts';
import type { SandboxBank } from './bank.ts';
import { chargebackStatuses } from './behaviours.ts';
import { sandboxAccount, type BankCharge, type BankChargeback, type BankPayout } from './books.ts';
import { signatureFits, signatureHeader } from './signature.ts';

const Id = z.string().min(1).max(200);
const money = { amountMinor: z.int().min(0), currency: z.string().max(10), livemode: z.boolean() };

const Charge = z.object({
  ...money,
  id: Id,
  attemptId: Id,
  account: Id,
  status: z.enum(['requires_action', 'processing', 'authorized', 'captured', 'failed', 'cancelled']),
  captures: z.array(z.object({ id: Id, amountMinor: z.int().min(1) })).max(100),
  refunds: z
    .array(
      z.object({
        id: Id,
        refundId: Id,
        amountMinor: z.int().min(1),
        status: z.enum(['pending', 'succeeded', 'failed']),
      }),
    )
    .max(100),
});
const Payout = z.object({ ...money, id: Id, payoutId: Id, status: z.enum(['pending', 'paid', 'failed']) });
const Chargeback = z.object({
  ...money,
  id: Id,
  chargeId: Id,
  attemptId: Id,
  status: z.enum(chargebackStatuses),
  reason: z.string().max(200),
  fundsWithdrawn: z.boolean(),
  evidenceDueAt: z.iso.datetime(),
});
const Message = z.union([
  z.object({ id: Id, charge: Charge }),
  z.object({ id: Id, payout: Payout }),
  z.object({ id: Id, chargeback: Chargeback }),
]);

const listPage = 100;

/** The market's client of the sandbox bank: pretend money for development, demos and tests. */
export function createSandboxProvider(
  bank: SandboxBank,
  { secret, clock }: { secret: string; clock: Clock },
): PaymentProvider {
  return {
    name: 'sandbox',
    methods: ['sandbox'],
    livemode: false,
    account: sandboxAccount,
    async start({ attemptId, amountMinor, currency, returnUrl }) {
      const charge = await bank.charge({ attemptId, amountMinor, currency });
      const asks = charge.status === 'requires_action';
      return { fact: factOf(charge), action: asks ? { redirectUrl: returnUrl ?? 'https://sandbox.test/pay' } : null };
    },
    async fetch({ attemptId }) {
      const charge = await bank.find(attemptId);
      return charge && factOf(charge);
    },
    async cancel({ attemptId }) {
      const charge = await bank.cancel(attemptId);
      return charge && factOf(charge);
    },
    async capture({ captureId, providerRef, amountMinor }) {
      return factOf(await bank.capture({ captureId, chargeId: providerRef, amountMinor }));
    },
    async refund({ refundId, providerRef, amountMinor }) {
      return factOf(await bank.refund({ refundId, chargeId: providerRef, amountMinor }));
    },
    async payout(payout) {
      return payoutFact(await bank.payout(payout));
    },
    async fetchPayout({ payoutId }) {
      const payout = await bank.findPayout(payoutId);
      return payout && payoutFact(payout);
    },
    async submitEvidence({ chargebackRef, text }) {
      return chargebackFact(await bank.submitEvidence({ chargebackId: chargebackRef, text }));
    },
    async listCharges({ since, until, cursor }) {
      const charges = await bank.list({ since, until, after: cursor ?? '', limit: listPage });
      return {
        facts: charges.map(factOf),
        nextCursor: charges.length === listPage ? (charges.at(-1)?.id ?? null) : null,
      };
    },
    verifyWebhook(rawBody, headers) {
      const nowMs = Date.now() + clock.offsetMs;
      if (!signatureFits(rawBody, { secret, header: headers[signatureHeader], nowMs })) return null;
      const message = Message.safeParse(parseJson(rawBody));
      return message.success ? messageOf(message.data) : null;
    },
  };
}

function messageOf(message: z.infer<typeof Message>): ProviderMessage {
  const eventId = message.id;
  if ('charge' in message) return { eventId, subject: 'charge', fact: factOf(message.charge) };
  if ('payout' in message) return { eventId, subject: 'payout', fact: payoutFact(message.payout) };
  return { eventId, subject: 'chargeback', fact: chargebackFact(message.chargeback) };
}

function factOf({ id, captures, refunds, ...charge }: BankCharge): ProviderFact {
  return {
    ...charge,
    providerRef: id,
    captures: captures.map((capture) => ({ ref: capture.id, amountMinor: capture.amountMinor })),
    refunds: refunds.map(({ id: ref, refundId, amountMinor, status }) => ({ ref, refundId, amountMinor, status })),
    failureReason: charge.status === 'failed' ? 'The bank declined the payment.' : null,
  };
}

function payoutFact({ id, ...payout }: BankPayout): PayoutFact {
  const failureReason = payout.status === 'failed' ? 'The bank could not pay to this account.' : null;
  return { ...payout, providerRef: id, failureReason };
}

function chargebackFact({ id, chargeId, ...chargeback }: BankChargeback): ChargebackFact {
  return { ...chargeback, providerRef: id, chargeRef: chargeId };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
