import {
  createSandboxBank,
  createSandboxProvider,
  paymentProvidersPort,
  paymentSettingsPort,
  type Disagreement,
  type PaymentProvider,
  type Refusal,
  type SandboxBank,
} from '../../src/domain/payments/index.ts';
import type { Behaviour, PayoutBehaviour } from '../../src/domain/payments/sandbox/behaviours.ts';
import { createHarness, system, type Harness, type TestUser } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';
import { listingOf, pickup } from '../orders/stall.ts';

export const secret = 'a-bank-secret-for-tests';
export const confirmAfterMs = 1_000;

export interface Till {
  readonly bank: SandboxBank;
  readonly provider: PaymentProvider;
  /** What the alarm has heard. */
  readonly refusals: Refusal[];
  readonly differences: Disagreement[];
  /** How the next charges go. */
  behaviour: Behaviour;
  payoutBehaviour: PayoutBehaviour;
  /** While false, the bank's messages do not arrive. */
  connected: boolean;
}

/** Binds a sandbox bank to a harness; its webhooks go straight into the command, and only `deliverDue` sends them. */
export function openBank(market: Harness): Till {
  const refusals: Refusal[] = [];
  const differences: Disagreement[] = [];
  const till: Pick<Till, 'behaviour' | 'payoutBehaviour' | 'connected' | 'refusals' | 'differences'> = {
    behaviour: 'succeed',
    payoutBehaviour: 'paid',
    connected: true,
    refusals,
    differences,
  };
  const bank = createSandboxBank({
    sql: () => market.database.sql,
    webhookUrl: 'http://market.test/v1/webhooks/sandbox',
    secret,
    confirmAfterMs,
    clock: market.clock,
    behaviourOf: () => till.behaviour,
    payoutBehaviourOf: () => till.payoutBehaviour,
    async post(_, { body, headers }) {
      if (!till.connected) throw new Error('no connection');
      return (await receive(market, body, headers)) ? 200 : 401;
    },
  });
  const provider = createSandboxProvider(bank, { secret, clock: market.clock });
  market.ports.bind(paymentProvidersPort, new Map([[provider.name, provider]]));
  market.ports.bind(paymentSettingsPort, {
    callTimeoutMs: 30_000,
    alarm: (refusal) => void refusals.push(refusal),
    differs: (found) => void differences.push(found),
  });
  return Object.assign(till, { bank, provider });
}

export async function receive(market: Harness, rawBody: string, headers: Record<string, string>): Promise<boolean> {
  return (await market.call(system, 'payments.receiveWebhook', { provider: 'sandbox', rawBody, headers })).ok;
}

export async function createMarket(): Promise<{ market: Harness; till: Till }> {
  const market = await createHarness(bindTestPorts);
  return { market, till: openBank(market) };
}

export function travel(market: Harness, ms: number): void {
  market.clock.offsetMs += ms;
}

/** The bank confirms and reports, and the market works its messages off. */
export async function bankReports(market: Harness, { bank }: Till): Promise<void> {
  travel(market, confirmAfterMs + 1);
  await bank.deliverDue();
  await market.runJob('payments.process');
}

export interface Purchase {
  readonly seller: TestUser;
  readonly buyer: TestUser;
  readonly listingId: string;
  readonly groupId: string;
  readonly orderId: string;
}

export async function purchase(
  market: Harness,
  { seller: given, ...fields }: { seller?: TestUser; quantity?: number; priceMinor?: number } = {},
): Promise<Purchase> {
  const [seller, buyer] = [given ?? (await market.user()), await market.user()];
  const listingId = await listingOf(market, seller, fields);
  const group = await market.ok(buyer, 'orders.place', { listingId, quantity: 1, ...pickup });
  return { seller, buyer, listingId, groupId: group.id, orderId: group.orders[0].id };
}

/** Starts a payment and hands it to the bank; what follows is up to the bank. */
export async function pay(market: Harness, { buyer, groupId }: Purchase): Promise<string> {
  const { payment } = await market.ok(buyer, 'payments.start', { orderGroupId: groupId, method: 'sandbox' });
  await market.runJob('payments.submit');
  return payment.id;
}

export async function paid(
  market: Harness,
  till: Till,
  fields: { seller?: TestUser } = {},
): Promise<Purchase & { paymentId: string }> {
  const bought = await purchase(market, fields);
  const paymentId = await pay(market, bought);
  await bankReports(market, till);
  return { ...bought, paymentId };
}

/** Refunds that orders owe are made, confirmed by the bank and recorded. */
export async function refundAll(market: Harness, till: Till): Promise<void> {
  await market.runJob('payments.settle');
  await market.runJob('payments.refund');
  await bankReports(market, till);
}

export async function charges(market: Harness, attemptId: string): Promise<number> {
  const rows = await market.database.orm.em
    .getConnection()
    .execute('select count(*)::int as n from sandbox_charge where attempt_id = ?', [attemptId]);
  return (rows as unknown as { n: number }[])[0]?.n ?? 0;
}
