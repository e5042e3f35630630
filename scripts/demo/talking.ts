import type { Market } from './market.ts';
import type { Posted } from './selling.ts';

/** They chat, with typing and read receipts. */
export async function chat({ seller, buyer }: Market, { listingId }: Posted): Promise<void> {
  const { id: conversationId } = await buyer.call('conversations.open', { listingId });
  buyer.says('opens a conversation about it');
  await buyer.call('typing.set', { conversationId });
  await seller.notices('typing', (data) => data.conversationId === conversationId, 'Juma is typing …');
  await buyer.call('messages.send', { conversationId, kind: 'text', text: 'Are they still there?' });
  buyer.says('"Are they still there?"');
  const { lastSeq } = await seller.hears(
    'message.sent',
    ({ id, unread }) => id === conversationId && unread === 1,
    'a message from Juma, 1 unread',
  );
  await seller.call('messages.markRead', { conversationId, upToSeq: lastSeq });
  await buyer.hears(
    'conversation.changed',
    ({ id, otherReadUpToSeq }) => id === conversationId && otherReadUpToSeq === lastSeq,
    'Asha has read it ✓✓',
  );
  await seller.call('messages.send', { conversationId, kind: 'text', text: 'They are. Make me an offer!' });
  seller.says('"They are. Make me an offer!"');
  await buyer.hears('message.sent', ({ id, unread }) => id === conversationId && unread === 1, 'a message from Asha');
  await buyer.call('messages.markRead', { conversationId, upToSeq: lastSeq + 1 });
}

/** Offer, counter-offer, agreement: nobody accepts their own price. */
export async function bargain(
  { seller, buyer }: Market,
  { listingId }: Posted,
): Promise<{ offerId: string; amountMinor: number }> {
  const made = await buyer.call('offers.make', {
    listingId,
    quantity: 1,
    amountMinor: 9_000,
    message: '90 and I come today',
  });
  const offerId = made.id;
  buyer.says('offers 90.00 AED');
  const offered = await seller.hears(
    'offer.changed',
    ({ id, turn }) => id === offerId && turn === 'seller',
    'an offer of 90.00',
  );
  await seller.call('offers.counter', { offerId, round: offered.round, amountMinor: 10_500 });
  seller.says('counters with 105.00 AED');
  const countered = await buyer.hears(
    'offer.changed',
    ({ id, turn }) => id === offerId && turn === 'buyer',
    'a counter-offer of 105.00',
  );
  await buyer.call('offers.accept', { offerId, round: countered.round });
  buyer.says('accepts; one pair is kept aside for him');
  await seller.hears('offer.changed', ({ id, state }) => id === offerId && state === 'accepted', 'Juma accepts 105.00');
  return { offerId, amountMinor: 10_500 };
}
