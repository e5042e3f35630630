import { chargeTakeFee, earnTakeFee, refundTakeFee } from '../../../../src/domain/ledger/index.ts';
import { sign } from '../../../../src/domain/payments/sandbox/signature.ts';
import { receive, secret, travel } from '../../../payments/bank.ts';
import { transact } from '../../../support/transact.ts';
import { attempt, first, peopleOf, run, type Stage } from '../stage.ts';
import { availableOf, type Play } from './buying.ts';
import { choosePayment } from './choosing.ts';

const amounts = [7, 500, 2_500, 100_000];
const readers = ['payments.process', 'chargebacks.process', 'payouts.apply'];

export const topUp: Play = async (stage, scene, { which }) => {
  const people = peopleOf(scene);
  const payer = people[which % people.length]!;
  const { currency } = scene;
  const input = { amountMinor: amounts[which % amounts.length], currency, method: 'sandbox' };
  const started = await attempt(stage, payer)('wallet.topUp', input);
  if (started) scene.payments.push({ id: started.payment.id, payer });
  await run(stage, 'payments.submit');
};

export const onboard: Play = async (stage, scene, { which }) => {
  const people = peopleOf(scene);
  return attempt(stage, people[which % people.length]!)('payouts.onboard', {});
};

export const withdraw: Play = async (stage, scene, step) => {
  const people = peopleOf(scene);
  const person = people[step.which % people.length]!;
  await onboard(stage, scene, step);
  const amountMinor = Math.floor(((await availableOf(stage, person, scene)) * step.share) / 100);
  const { currency } = scene;
  if (amountMinor > 0) await attempt(stage, person)('wallet.withdraw', { amountMinor, currency });
  if (step.quantity === 2) await run(stage, 'payouts.submit');
};

export const stopPayout: Play = async (stage, scene) => {
  const ids = peopleOf(scene).map(({ id }) => `'${id}'`);
  const row = await first<{ id: string }>(
    stage,
    `select id from payout where user_id in (${ids.join(',')}) and state = 'pending' limit 1`,
  );
  if (row) await attempt(stage, stage.admin)('payouts.cancel', { payoutId: row.id, reason: 'Looks odd.' });
};

export const sendPayouts: Play = async (stage, { currency }) => {
  await run(stage, 'payouts.make');
  await attempt(stage, stage.admin)('payouts.schedule', { currency });
  await run(stage, 'payouts.submit');
};

export const takeFee: Play = async ({ market }, scene, { which }) => {
  const takeId = crypto.randomUUID();
  const people = peopleOf(scene);
  const executorId = people[which % people.length]!.actor.userId;
  const fee = { takeId, executorId, amountMinor: 5, currency: scene.currency };
  if ((await transact(market, (tx) => chargeTakeFee(tx, fee))) === 'charged') scene.takes.push(takeId);
};

export const endTake: Play = async ({ market }, { takes }, { which }) => {
  const takeId = takes[which % Math.max(1, takes.length)];
  const end = which % 2 === 0 ? earnTakeFee : refundTakeFee;
  return takeId && transact(market, (tx) => end(tx, takeId));
};

/** The bank takes its next step and tells of it; each area hears what is for it, at once. */
export async function bankTells(stage: Stage, ms: number): Promise<void> {
  travel(stage.market, ms);
  await stage.till.bank.deliverDue();
  await Promise.all(readers.map((name) => run(stage, name)));
}
export const bank: Play = async (stage) => bankTells(stage, 1_001);

/** A payer objects at their bank, of whatever they have paid. */
export const object: Play = async (stage, scene, step) => {
  const payment = await choosePayment(stage, scene, step);
  return payment && stage.till.bank.behave(payment.id, step.objection);
};

async function said(stage: Stage, which: number): Promise<string | null> {
  const row = await first<{ body: string }>(
    stage,
    `select body from sandbox_delivery where delivered_at is not null order by id desc limit 1 offset ${which}`,
  );
  return row?.body ?? null;
}

async function hear({ market }: Stage, body: string): Promise<void> {
  const atMs = Date.now() + market.clock.offsetMs;
  await receive(market, body, { 'soko-signature': sign(body, { secret, atMs }) });
}

/** The same message once more. */
export const repeat: Play = async (stage, _, { which }) => {
  const body = await said(stage, which);
  if (body) await hear(stage, body);
};

/** What was true once is told again, as news. */
export const recall: Play = async (stage, _, { which }) => {
  const body = await said(stage, which);
  if (body) await hear(stage, JSON.stringify({ ...JSON.parse(body), id: `evt_${crypto.randomUUID()}` }));
  await Promise.all(readers.map((name) => run(stage, name)));
};

/** What the bank tells does not arrive, until the line is mended. */
export const cutLine: Play = async ({ till }) => {
  till.connected = !till.connected;
};
