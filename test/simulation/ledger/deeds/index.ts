import { travel } from '../../../payments/bank.ts';
import type { Deed, Step } from '../plan.ts';
import { run } from '../stage.ts';
import * as banking from './banking.ts';
import * as buying from './buying.ts';
import type { Play } from './buying.ts';
import { chooseOrder } from './choosing.ts';
import * as handling from './handling.ts';
import * as objecting from './objecting.ts';

/** What happens by itself, in the order of a node that is late with everything. */
export const jobs = [
  'payments.submit',
  'payments.process',
  'chargebacks.process',
  'payouts.apply',
  'payments.poll',
  'payments.expireTopUps',
  'orders.expireUnpaid',
  'orders.cancelUnanswered',
  'orders.cancelUnhandled',
  'shipments.follow',
  'shipments.returnUnclaimed',
  'shipments.loseOverdue',
  'refunds.escalate',
  'disputes.lapse',
  'orders.autoReceive',
  'orders.complete',
  'payments.settle',
  'payments.refund',
  'payouts.make',
  'payouts.batch',
  'payouts.submit',
  'payouts.poll',
  'chargebacks.sendEvidence',
  'ledger.check',
] as const;

const minuteMs = 60_000;

const payWhole: Play = async (stage, scene, step) => {
  const isCash = step.way !== 'pickup' && step.share < 50;
  await (isCash ? buying.payCash : buying.pay)(stage, scene, step);
  await banking.bank(stage, scene, step);
};

/** What leads an order on, by its state. */
const onwards: Readonly<Record<string, Play>> = {
  awaiting_payment: payWhole,
  placed: handling.accept,
  accepted: async (stage, scene, step) => {
    await handling.ready(stage, scene, step);
    await handling.pack(stage, scene, step);
  },
  packed: handling.carry,
  at_hub: handling.carry,
  out_for_delivery: handling.carry,
  returned: handling.carry,
  ready_for_pickup: handling.handOver,
  // Half of the buyers take their time, in which they may object.
  delivered: async (stage, scene, step) => step.quantity === 2 && handling.receive(stage, scene, step),
  disputed: objecting.decide,
  received: async (stage) => run(stage, 'orders.complete', 'payouts.make'),
};

const advance: Play = async (stage, scene, step) => {
  const order = await chooseOrder(stage, scene, step);
  if (order) await onwards[order.state]?.(stage, scene, step);
};

const plays: Readonly<Record<Deed, Play>> = {
  place: buying.place,
  checkOut: buying.checkOut,
  pay: buying.pay,
  payFromWallet: buying.payFromWallet,
  payCash: buying.payCash,
  cancelPayment: buying.cancelPayment,
  cancelOrder: handling.cancelOrder,
  receive: handling.receive,
  askBack: objecting.askBack,
  takeBackAsk: objecting.takeBackAsk,
  dispute: objecting.dispute,
  withdrawDispute: objecting.withdrawDispute,
  accept: handling.accept,
  reject: handling.reject,
  ready: handling.ready,
  handOver: handling.handOver,
  pack: handling.pack,
  approve: objecting.approve,
  deny: objecting.deny,
  answer: objecting.answer,
  concede: objecting.concede,
  evidence: objecting.evidence,
  carry: handling.carry,
  collect: handling.collect,
  fail: handling.fail,
  sendBack: handling.sendBack,
  closeDay: handling.closeDay,
  decide: objecting.decide,
  capture: buying.capture,
  stopPayout: banking.stopPayout,
  sendPayouts: banking.sendPayouts,
  topUp: banking.topUp,
  withdraw: banking.withdraw,
  onboard: banking.onboard,
  takeFee: banking.takeFee,
  endTake: banking.endTake,
  bank: banking.bank,
  object: banking.object,
  repeat: banking.repeat,
  recall: banking.recall,
  cutLine: banking.cutLine,
  advance,
  job: async (stage, _, { which }) => run(stage, jobs[which % jobs.length]!),
  jobs: async (stage, _, { quantity }) => {
    if (quantity === 1) await run(stage, ...jobs);
    else await Promise.all(jobs.map((name) => run(stage, name)));
  },
  wait: async ({ market }, _, { minutes }) => travel(market, minutes * minuteMs),
};

export const play: Play = async (stage, scene, step: Step) => {
  stage.till.behaviour = step.behaviour;
  stage.till.payoutBehaviour = step.payoutBehaviour;
  await plays[step.do](stage, scene, step);
};
