import type { Ordered } from './buying.ts';
import type { Market } from './market.ts';
import { expect } from './timeline.ts';

/** The buyer is cut off while the seller acts, and comes back with nothing but his cursor. */
export async function cutOff({ seller, buyer }: Market, { orderId }: Ordered): Promise<void> {
  const before = buyer.cursor;
  const heard = buyer.events.length;
  buyer.vanish();
  buyer.says(`✂ loses the connection without a word, at event ${before?.seq}`);
  await seller.call('orders.accept', { orderId });
  seller.says('accepts the order');
  const conversations = await seller.call('conversations.list', {});
  const conversationId = conversations.items[0]?.id;
  expect(conversationId, 'the seller has the conversation');
  for (const text of ['Packing them now.', 'Bring a bag!', 'I am home from six.']) {
    await seller.call('messages.send', { conversationId, kind: 'text', text });
    seller.says(`"${text}"`);
  }
  await seller.call('orders.readyForPickup', { orderId });
  seller.says('says that the shoes are ready');
  await buyer.arrive();
  buyer.says(`is back, a new client with the cursor ${before?.seq}`);
  await buyer.hears(
    'order.changed',
    ({ id, state }) => id === orderId && state === 'ready_for_pickup',
    'the order is ready for pickup',
  );
  const missed = buyer.events.slice(heard);
  const first = missed[0]?.seq;
  expect(first === (before?.seq ?? 0) + 1, 'what follows begins with the very next event');
  expect(missed.length >= 5, 'five events were missed and came');
  expect(
    missed.every((event, index) => event.seq === (first ?? 0) + index),
    'and goes on without a gap',
  );
  const count = await buyer.checkLog();
  buyer.says(`has all ${missed.length} missed events, in order, once: his ${count} events are the server's log`);
}
