import type { Tx } from '../kernel/define.ts';
import { newId } from '../kernel/ids.ts';
import type { PaymentMethod } from '../orders/index.ts';
import { PaymentEntity, type Payment } from './entities.ts';
import { paymentProvidersPort } from './provider.ts';

/** The provider that serves a method; undefined for one that is not offered, or that needs none. */
export function providerOf(tx: Pick<Tx, 'port'>, method: PaymentMethod): string | undefined {
  const providers = tx.port(paymentProvidersPort).values();
  return providers.find(({ methods }) => methods.includes(method))?.name;
}

type Opened = Pick<
  Payment,
  'purpose' | 'orderGroupId' | 'payerId' | 'method' | 'provider' | 'amountMinor' | 'currency' | 'deadline'
>;

/** Writes a new attempt. One that a provider serves is submitted to it afterwards. */
export async function openAttempt(
  tx: Tx,
  opened: Opened,
  { returnUrl, isSubmitted }: { returnUrl: string | null; isSubmitted: boolean },
): Promise<Payment> {
  const now = await tx.now();
  return tx.db.create(PaymentEntity, {
    ...opened,
    id: newId(),
    returnUrl,
    state: 'created',
    capturedMinor: 0,
    refundedMinor: 0,
    openChargebacks: 0,
    lostTo: null,
    lostMinor: 0,
    providerRef: null,
    action: null,
    failureReason: null,
    submitAt: isSubmitted ? now : null,
    submitTries: 0,
    pollAt: null,
    pollTries: 0,
    reconciledAt: null,
    version: 1,
    createdAt: now,
    updatedAt: now,
  });
}
