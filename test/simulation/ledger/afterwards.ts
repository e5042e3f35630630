import { refundTakeFee } from '../../../src/domain/ledger/index.ts';
import { travel } from '../../payments/bank.ts';
import { transact } from '../../support/transact.ts';
import { jobs } from './deeds/index.ts';
import { carryOn, closeHub, parcelsWhere, type Parcel } from './deeds/handling.ts';
import { decideOn } from './deeds/objecting.ts';
import { attempt, run, type Scene, type Stage } from './stage.ts';

/** After some rounds of a bank's answer and two weeks of nobody doing anything, everything has ended by itself. */
const roundsMax = 14;
const answerMs = 70_000;
const fortnightMs = 15 * 86_400_000;

/**
 * Time passes until nothing is due any more. Buyers and sellers are gone; moderators decide, and hubs deliver what is
 * with a courier, count their cash and send the rest back.
 */
export async function endAll(stage: Stage, scenes: readonly Scene[]): Promise<void> {
  const { market, till } = stage;
  Object.assign(till, { behaviour: 'succeed', payoutBehaviour: 'paid', connected: true });
  for (const takeId of scenes.flatMap(({ takes }) => takes)) await transact(market, (tx) => refundTakeFee(tx, takeId));
  const people = scenes.flatMap(({ buyers, sellers }) => [...buyers, ...sellers].map(({ id }) => id));
  let waiting: { what: string }[] = [];
  for (let round = 0; round < roundsMax; round += 1) {
    travel(market, round % 2 === 0 ? answerMs : fortnightMs);
    await till.bank.deliverDue();
    await Promise.all(jobs.slice(0, 4).map((name) => run(stage, name)));
    await run(stage, ...jobs.slice(4));
    await staffWorks(stage, round);
    waiting = await stage.query<{ what: string }>(unfinished(people));
    if (waiting.length === 0) return;
  }
  stage.broken.push(`still under way: ${waiting.map(({ what }) => what).join(', ')}`);
}

async function staffWorks(stage: Stage, round: number): Promise<void> {
  const disputes = await stage.query<{ id: string; amount: string }>(
    `select id, amount_minor::text as amount from dispute where state = 'under_review'`,
  );
  for (const [index, found] of disputes.entries()) await decideOn(stage, found, [50, 0, 100][(index + round) % 3]!);
  for (const currency of ['USD', 'JPY'] as const) {
    const { hubId } = stage.depots[currency];
    const under = `hub_id = '${hubId}' and state in ('out_for_delivery', 'failed', 'returning')`;
    for (const parcel of await stage.query<Parcel>(parcelsWhere(under))) await carryOn(stage, currency, parcel);
    await closeHub(stage, currency, () => 0);
    await attempt(stage, stage.admin)('payouts.schedule', { currency });
  }
}

/** What these people still wait for. */
function unfinished(people: readonly string[]): string {
  const ids = `'{${people.join(',')}}'::uuid[]`;
  const orders = `(select id from sub_order where buyer_id = any(${ids}))`;
  return `
    select 'order ' || state || coalesce(', refund ' || refund_state, '') as what from sub_order
      where buyer_id = any(${ids})
      and (state not in ('completed', 'payment_expired', 'rejected', 'cancelled', 'returned', 'refunded')
           or refund_state in ('due', 'pending'))
    union all
    select 'payment ' || state from payment where payer_id = any(${ids})
      and state in ('created', 'requires_action', 'processing', 'authorized', 'unknown', 'cod_due', 'collected')
    union all
    select 'refund ' || state || case when held then ', held' else '' end from refund
      where (state not in ('succeeded', 'failed', 'reversed') or held)
        and (order_id in ${orders} or payment_id in (select id from payment where payer_id = any(${ids})))
    union all
    select 'payout ' || state from payout where user_id = any(${ids}) and state in ('pending', 'processing')
    union all
    select 'payout of a release' from escrow where order_id in ${orders} and payout_due
    union all
    select 'reserve' from escrow where order_id in ${orders} and reserve_until is not null
    union all
    select 'refund request' from refund_request where order_id in ${orders} and state = 'requested'
    union all
    select 'dispute ' || state from dispute where order_id in ${orders}
      and state in ('open', 'awaiting_other', 'under_review')
    union all
    select 'chargeback ' || state from chargeback
      where payment_id in (select id from payment where payer_id = any(${ids})) and closed_at is null
    union all
    select 'shipment ' || state from shipment where order_id in ${orders}
      and state not in ('delivered', 'returned', 'lost', 'cancelled')
    union all
    select 'cash' from shipment where order_id in ${orders} and cash_state = 'collected'
    union all
    select 'delivery' from sandbox_delivery where delivered_at is null and tries < 10
    union all
    select 'event' from provider_event where outcome = 'pending'`;
}
