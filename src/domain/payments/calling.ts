import type { JobContext } from '../kernel/define.ts';
import { assert } from '../kernel/errors.ts';
import { paymentProvidersPort, type PaymentProvider } from './provider.ts';
import { paymentSettingsPort } from './settings.ts';

/**
 * Calls a provider outside any transaction. Null is no answer: it threw or took too long, and nobody knows what it did.
 * The alarm hears of it; the caller has persisted the id under which the call can be made again.
 */
export async function callProvider<T>(
  { port }: Pick<JobContext, 'port'>,
  about: { provider: string; id: string },
  call: (provider: PaymentProvider) => Promise<T>,
): Promise<{ answer: T } | null> {
  const provider = port(paymentProvidersPort).get(about.provider);
  assert(provider, `provider ${about.provider} is bound`);
  const { callTimeoutMs, alarm } = port(paymentSettingsPort);
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('timed out')), callTimeoutMs);
  });
  try {
    return { answer: await Promise.race([call(provider), timeout]) };
  } catch {
    alarm({ provider: about.provider, eventId: about.id, reason: 'no_answer' });
    return null;
  } finally {
    clearTimeout(timer);
  }
}
