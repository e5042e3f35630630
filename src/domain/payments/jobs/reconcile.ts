import { defineJob, type JobContext } from '../../kernel/define.ts';
import { clockPort } from '../../kernel/clock.ts';
import { callProvider } from '../calling.ts';
import { compareCharges, findMissingCharges, reconcileCharge } from '../commands/compare-charges.ts';
import { paymentProvidersPort, type ChargePage } from '../provider.ts';
import { paymentLimits, paymentSettingsPort, type Disagreement } from '../settings.ts';

const pagesMax = 10_000;

export const reconcilePayments = defineJob({
  name: 'payments.reconcile',
  everySeconds: 86_400,
  summary: "Compare the providers' books of the last days with ours; what we missed is booked, the rest written down.",
  async run(context) {
    for (const { name, listCharges } of context.port(paymentProvidersPort).values()) {
      if (listCharges) await reconcile(context, name);
    }
  },
});

async function reconcile(context: JobContext, provider: string): Promise<void> {
  const startedAt = new Date(Date.now() + context.port(clockPort).offsetMs);
  const since = new Date(startedAt.getTime() - paymentLimits.reconcileDays * 86_400_000);
  const { differs } = context.port(paymentSettingsPort);
  const tell = (found: readonly Omit<Disagreement, 'provider'>[]) =>
    found.forEach((one) => differs({ provider, ...one }));
  let cursor: string | null = null;
  let isWhole = false;
  for (let pages = 0; pages < pagesMax && !context.signal.aborted; pages += 1) {
    const page = await pageOf(context, provider, { since, until: startedAt, cursor });
    if (!page) return;
    const { differing } = await context.execute(compareCharges, { provider, facts: page.facts });
    for (const index of differing) {
      tell((await context.execute(reconcileCharge, { provider, fact: page.facts[index] })).found);
    }
    cursor = page.nextCursor;
    isWhole = cursor === null;
    if (isWhole) break;
  }
  // Only a list that was read to its end can miss something.
  if (!isWhole) return;
  const until = new Date(startedAt.getTime() - paymentLimits.reconcileGraceMs).toISOString();
  const missing = { provider, since: since.toISOString(), until, startedAt: startedAt.toISOString() };
  tell((await context.execute(findMissingCharges, missing)).found);
}

async function pageOf(
  context: JobContext,
  provider: string,
  wanted: { since: Date; until: Date; cursor: string | null },
): Promise<ChargePage | null> {
  const about = { provider, id: `charges since ${wanted.since.toISOString()}` };
  return (await callProvider(context, about, (bound) => bound.listCharges!(wanted)))?.answer ?? null;
}
