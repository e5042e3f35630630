import { handOverGoods } from './buying.ts';
import { currency, type Market } from './market.ts';
import { sell } from './selling.ts';
import { expect } from './timeline.ts';

const priceMinor = 8_000;
const toppedUpMinor = 5_000;
const walletMinor = 2_000;
const givenBackMinor = 1_500;
const withdrawnMinor = 5_000;

/** Money for a wallet, a cart paid in part from it, part of that given back, the rest paid out: all of it pushed. */
export async function walletAndRefund(market: Market): Promise<void> {
  await topUp(market);
  const orderId = await payInTwoWays(market);
  await handOverGoods(market, orderId);
  await giveBack(market, orderId);
  await payOut(market, orderId);
  await withdraw(market);
}

async function topUp({ buyer }: Market): Promise<void> {
  await buyer.call('wallet.topUp', { amountMinor: toppedUpMinor, currency, method: 'sandbox' });
  buyer.says('pays 50.00 AED into his wallet');
  await buyer.hears(
    'wallet.changed',
    ({ availableMinor }) => availableMinor === toppedUpMinor,
    "the bank's word came: 50.00 available",
  );
}

async function payInTwoWays(market: Market): Promise<string> {
  const { buyer, seller } = market;
  const listingId = await sell(market, { title: 'Desk lamp', priceMinor });
  await buyer.call('cart.setItem', { listingId, quantity: 1 });
  await buyer.hears('cart.changed', ({ itemCount }) => itemCount === 1, 'the lamp is in his cart, on all his devices');
  const checkout = { delivery: { method: 'pickup' }, paymentMethod: 'sandbox', walletMinor } as const;
  const group = await buyer.call('cart.checkout', checkout);
  const orderId = group.orders[0]?.id;
  expect(orderId && group.restMinor === priceMinor - walletMinor, 'the wallet pays a part');
  buyer.says('checks out: 20.00 of the wallet are held, 60.00 are for the bank');
  await buyer.call('payments.start', { orderGroupId: group.id, method: 'sandbox' });
  await seller.hears(
    'order.changed',
    ({ id, state }) => id === orderId && state === 'placed',
    'a paid order: 80.00 AED',
  );
  await buyer.hears('cart.changed', ({ itemCount }) => itemCount === 0, 'the cart is empty again');
  return orderId;
}

async function giveBack({ buyer, seller }: Market, orderId: string): Promise<void> {
  const reason = 'The shade has a scratch.';
  const { id } = await buyer.call('refunds.request', { orderId, amountMinor: givenBackMinor, reason });
  buyer.says(`wants 15.00 back: "${reason}"`);
  await seller.hears('refundRequest.changed', (request) => request.id === id, 'Juma wants 15.00 back');
  await seller.call('refunds.approve', { refundRequestId: id });
  seller.says('agrees');
  await buyer.hears(
    'order.changed',
    (order) => order.id === orderId && order.refundedMinor === givenBackMinor,
    '15.00 are back at the bank, the way they came',
  );
}

async function payOut({ buyer, seller }: Market, orderId: string): Promise<void> {
  await buyer.call('orders.confirmReceived', { orderId });
  buyer.says('confirms that he has it');
  const leftMinor = priceMinor - givenBackMinor;
  await seller.hears(
    'wallet.changed',
    ({ change }) =>
      change?.kind === 'payout.pay' && change.amountMinor > leftMinor / 2 && change.amountMinor < leftMinor,
    "the rest, less the market's fee, is in her wallet",
  );
  const { holders, transfers } = await seller.call('orders.statement', { orderId });
  const isEmpty = holders.every(({ holder, amountMinor }) => holder !== 'escrow' || amountMinor === 0);
  expect(isEmpty, 'nothing is left in escrow');
  seller.says(`reads in the books how the 80.00 went, in ${transfers.length} transfers`);
}

async function withdraw({ seller }: Market): Promise<void> {
  await seller.call('payouts.onboard', {});
  const payout = await seller.call('wallet.withdraw', { amountMinor: withdrawnMinor, currency });
  seller.says('sends 50.00 of it to her bank');
  await seller.hears('payout.changed', ({ id, state }) => id === payout.id && state === 'paid', 'the bank has them');
}
