import { parseArgs } from 'node:util';
import { cutOff } from './demo/absence.ts';
import { awaitExpiry, checkout, handOver, orderWithoutPaying } from './demo/buying.ts';
import { openMarket, type Market } from './demo/market.ts';
import { findListing, postListing } from './demo/selling.ts';
import { walletAndRefund } from './demo/money.ts';
import { withStaff } from './demo/staff.ts';
import { goLive } from './demo/streaming.ts';
import { bargain, chat } from './demo/talking.ts';
import { DemoFailure, expect, Timeline } from './demo/timeline.ts';

const expiryWaitMaxMs = 90_000;
const staffWanted = 'SOKO_ADMIN=<username>:<password>';
const usage = `npm run demo [-- --skip-expiry]   (SOKO_URL=http://127.0.0.1:3000, ${staffWanted} for what needs staff)`;

interface Choices {
  readonly skipExpiry: boolean;
  /** Of an admin of the market. */
  readonly login: { identifier: string; password: string } | null;
}

async function play(url: string, choices: Choices): Promise<Timeline> {
  const timeline = new Timeline();
  timeline.chapter('Two people register');
  const market = await openMarket(url, timeline);
  try {
    await journey(market, choices);
  } finally {
    market.seller.leave();
    market.buyer.leave();
  }
  return timeline;
}

async function journey(market: Market, { skipExpiry, login }: Choices): Promise<void> {
  const { timeline, seller, buyer } = market;
  timeline.chapter('A photo and a listing');
  const posted = await postListing(market);
  await findListing(market, posted);
  timeline.chapter('A conversation and an agreement');
  await chat(market, posted);
  const agreed = await bargain(market, posted);
  timeline.chapter('Checkout, and a second order that nobody pays');
  const order = await checkout(market, agreed);
  const unpaid = await orderWithoutPaying(market, posted);
  expect(
    skipExpiry || unpaid.windowMs <= expiryWaitMaxMs,
    [
      `a payment window of at most ${expiryWaitMaxMs / 1000} s, to see an order expire`,
      `(the server's is ${Math.round(unpaid.windowMs / 1000)} s); start it with PAYMENT_WINDOW=20s npm start,`,
      'or run npm run demo -- --skip-expiry',
    ].join(' '),
  );
  timeline.chapter('Cut off, and back');
  await cutOff(market, order);
  timeline.chapter('The hand-over');
  await handOver(market, order);
  timeline.chapter('Live');
  await goLive(market, posted);
  timeline.chapter('A wallet, a cart, and money back');
  await walletAndRefund(market);
  if (login) {
    timeline.chapter('A hub, cash, and a quarrel');
    await withStaff(market, login);
  } else {
    timeline.line('', `(hubs, cash and disputes need an admin: ${staffWanted})`);
  }
  if (skipExpiry) {
    timeline.line('', '(the expiry of the unpaid order is skipped)');
  } else {
    timeline.chapter('The unpaid order');
    await awaitExpiry(market, posted, unpaid);
  }
  timeline.chapter('Nothing was lost');
  for (const side of [seller, buyer]) {
    side.says(`applied ${await side.checkLog()} events: exactly the server's log, in order, once`);
  }
}

function adminLogin(): Choices['login'] {
  const [identifier, password] = process.env.SOKO_ADMIN?.split(/:(.*)/s) ?? [];
  return identifier && password ? { identifier, password } : null;
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { 'skip-expiry': { type: 'boolean', default: false } } });
  const url = (process.env.SOKO_URL ?? 'http://127.0.0.1:3000').replace(/\/$/, '');
  const answers = await fetch(`${url}/healthz`).then(
    ({ ok }) => ok,
    () => false,
  );
  if (!answers) {
    console.error(`No Soko answers at ${url}. Start one with npm start.\n${usage}`);
    return 1;
  }
  try {
    const timeline = await play(url, { skipExpiry: values['skip-expiry'], login: adminLogin() });
    console.log(`\n✔ everything happened as expected, in ${timeline.secondsPassed.toFixed(1)} s`);
    return 0;
  } catch (error) {
    console.error(error instanceof DemoFailure ? `\n✘ ${error.message}` : error);
    return 1;
  }
}

process.exit(await main());
