import type { Tx } from '../kernel/define.ts';
import { PaymentEntity, type Payment } from './entities.ts';

/** What other areas may know of an attempt. */
export type Attempt = Readonly<
  Pick<
    Payment,
    'id' | 'purpose' | 'orderGroupId' | 'payerId' | 'provider' | 'providerRef' | 'state' | 'currency' | 'amountMinor'
  >
> & { readonly capturedMinor: number };

/** The attempt that a provider's message is about, by either of the ids that it may tell; null when they do not fit. */
export async function findAttempt(
  tx: Pick<Tx, 'db'>,
  { provider, attemptId, providerRef }: { provider: string; attemptId: string | null; providerRef: string | null },
): Promise<Attempt | null> {
  if (attemptId === null) return providerRef === null ? null : tx.db.findOne(PaymentEntity, { provider, providerRef });
  const found = await tx.db.findOne(PaymentEntity, { provider, id: attemptIdOf(attemptId) });
  // Its provider's id is unknown as long as no answer has told it.
  const fits = !providerRef || !found?.providerRef || found.providerRef === providerRef;
  return fits ? found : null;
}

const emptyId = '00000000-0000-0000-0000-000000000000';

/** An attempt's id as a provider repeats it is outside text, and not always a UUID. */
export function attemptIdOf(text: string): string {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text) ? text : emptyId;
}
