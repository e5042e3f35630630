import { z } from 'zod';
import type { Clock } from '../../kernel/clock.ts';
import type { ProviderFact } from '../facts.ts';
import type { PaymentProvider } from '../provider.ts';
import type { BankCharge, SandboxBank } from './bank.ts';
import { signatureFits, signatureHeader } from './signature.ts';

const Charge = z.object({
  id: z.string().min(1).max(200),
  attemptId: z.string().min(1).max(200),
  amountMinor: z.int().min(0),
  currency: z.string().max(10),
  livemode: z.boolean(),
  status: z.enum(['processing', 'captured', 'failed', 'cancelled']),
  captures: z.array(z.object({ id: z.string().min(1).max(200), amountMinor: z.int().min(1) })).max(100),
  refunds: z
    .array(
      z.object({
        id: z.string().min(1).max(200),
        refundId: z.string().min(1).max(200),
        amountMinor: z.int().min(1),
        status: z.enum(['pending', 'succeeded', 'failed']),
      }),
    )
    .max(100),
});
const Message = z.object({ id: z.string().min(1).max(200), charge: Charge });

/** The market's client of the sandbox bank: pretend money for development, demos and tests. */
export function createSandboxProvider(
  bank: SandboxBank,
  { secret, clock }: { secret: string; clock: Clock },
): PaymentProvider {
  return {
    name: 'sandbox',
    methods: ['sandbox'],
    livemode: false,
    async start({ attemptId, amountMinor, currency }) {
      return { fact: factOf(await bank.charge({ attemptId, amountMinor, currency })), action: null };
    },
    async fetch({ attemptId }) {
      const charge = await bank.find(attemptId);
      return charge && factOf(charge);
    },
    async cancel({ attemptId }) {
      const charge = await bank.cancel(attemptId);
      return charge && factOf(charge);
    },
    async refund({ refundId, providerRef, amountMinor }) {
      return factOf(await bank.refund({ refundId, chargeId: providerRef, amountMinor }));
    },
    verifyWebhook(rawBody, headers) {
      const nowMs = Date.now() + clock.offsetMs;
      if (!signatureFits(rawBody, { secret, header: headers[signatureHeader], nowMs })) return null;
      const message = Message.safeParse(parseJson(rawBody));
      return message.success
        ? { eventId: message.data.id, subject: 'charge', fact: factOf(message.data.charge) }
        : null;
    },
  };
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

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
