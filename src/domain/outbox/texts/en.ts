import type { Texts } from '../wording.ts';

const minutes = { one: '# minute', other: '# minutes' };
const pieces = { one: '# piece', other: '# pieces' };
const stars = { one: '# star', other: '# stars' };
const days = { one: '# day', other: '# days' };

export const en: Texts = {
  'otp.code': [
    'Your code',
    (p, f) => [
      `Your code is ${f.exact(p.code)}.`,
      `It is valid for ${f.plural(p.minutes, minutes)}. Never give it to anyone.`,
    ],
    (p, f) => `${f.exact(p.code)} is your Soko code.`,
  ],
  'password.reset': [
    'Choose a new password',
    (p, f) => [
      `Open this link within ${f.plural(p.minutes, minutes)} to choose a new password:\n`,
      `${f.exact(p.link)}\n`,
      `If you did not ask for it, do nothing.`,
    ],
  ],
  'password.changed': [
    'Your password was changed',
    (p, f) => `Your password was changed on ${f.moment(p.at)}. If it was not you, reset it now.`,
  ],
  'session.new': [
    'New sign-in',
    (p, f) => [
      `Somebody signed in to your account with ${f.text(p.device)} (${f.text(p.place)}) on ${f.moment(p.at)}.`,
      `If it was not you, end the session and change your password.`,
    ],
  ],
  'account.deleted': ['Your account was deleted', (p, f) => `Your account was deleted on ${f.moment(p.at)}.`],
  'sanction.suspend': [
    'Your account is suspended',
    (p, f) =>
      `Your account is suspended${p.until ? ` until ${f.moment(p.until)}` : ''}.${f.because('Reason', p.reason)}`,
  ],
  'merchant.invited': [
    (p, f) => `Join ${f.text(p.merchant)}`,
    (p, f) => [
      `${f.text(p.by)} invites you to work for ${f.text(p.merchant)}.`,
      `Enter this code in the app within ${f.plural(p.days, days)}: ${f.exact(p.code)}`,
    ],
  ],
  'invitation.invited': [
    (p, f) => `Join ${f.text(p.merchant)}`,
    (p, f) => `${f.text(p.merchant)} invites you to its team. Open the app to answer.`,
  ],
  'application.approved': ['You are a merchant now', (p, f) => `${f.text(p.merchant)} is approved and may sell.`],
  'application.rejected': [
    'Your application was turned down',
    (p, f) => `Your application as a merchant was turned down.${f.because('Reason', p.reason)}`,
  ],
  'merchant.suspended': [
    'Your shop is suspended',
    (p, f) => `Your listings are hidden; open orders go on.${f.because('Reason', p.reason)}`,
  ],
  'merchant.reinstated': ['Your shop is open again', 'Your listings are shown again.'],
  'hub_assignment.assigned': ['You work for a hub now', (p, f) => `You may act for ${f.text(p.hub)} now.`],
  'hub_assignment.removed': ['You left a hub', (p, f) => `You do not work for ${f.text(p.hub)} any more.`],
  'verification.approved': ['You are verified', 'Your papers were checked. Others see that you are verified.'],
  'verification.rejected': [
    'Your papers were not accepted',
    (p, f) => `Your papers were not accepted; you may send others.${f.because('Reason', p.reason)}`,
  ],
  'verification.expiring': [
    'Your verification ends soon',
    (p, f) => `Your verification ends on ${f.day(p.expiresOn)}. Send new papers before.`,
  ],
  'verification.expired': ['Your verification has ended', 'Send new papers to be verified again.'],
  'report.resolved': ['Your report was looked at', 'Thank you. We looked at your report and did what was needed.'],
  'sanction.warn': ['A warning', (p, f) => `You broke the rules of the market.${f.because('Reason', p.reason)}`],
  'listing.taken_down': [
    'Your listing was removed',
    (p, f) => `“${f.text(p.title)}” was removed.${f.because('Reason', p.reason)}`,
  ],
  'review.revealed': ['New review', (p, f) => `Somebody rated you ${f.plural(p.rating, stars)}.`],
  'review.replied': ['Reply to your review', 'There is a reply to your review.'],
  'account.invited': [
    'Your account',
    (p, f) => [`An account was made for you. Choose a password within ${f.plural(p.days, days)}:\n`, f.exact(p.link)],
  ],
  'address.replaced': [
    'Your address was replaced',
    (p, f) => `This address was replaced on your account on ${f.moment(p.at)}. If it was not you, write to us.`,
  ],
  'telegram.linked': [
    'Telegram was linked',
    (p, f) => [
      `A Telegram account was linked to yours on ${f.moment(p.at)}.`,
      'If it was not you, unlink it and change your password.',
    ],
  ],
  'telegram.unlinked': [
    'Telegram was unlinked',
    (p, f) => `Telegram was unlinked from your account on ${f.moment(p.at)}. If it was not you, change your password.`,
  ],
  'merchant.removed': ['You left a team', (p, f) => `You are no longer in the team of ${f.text(p.merchant)}.`],
  'merchant.transferred': ['A new owner', (p, f) => `${f.text(p.merchant)} has a new owner.`],
  'verification.revoked': [
    'Your verification was taken back',
    (p, f) => `Others no longer see you as verified.${f.because('Reason', p.reason)}`,
  ],
  'report.dismissed': ['Your report was looked at', 'We looked at your report and found nothing against the rules.'],
  'sanction.remove': [
    'Removed by a moderator',
    (p, f) => `Something of yours was against the rules and was removed.${f.because('Reason', p.reason)}`,
  ],
  'sanction.ended': ['Your suspension is over', 'You can use your account again.'],
  'listing.restored': ['Your listing is shown again', (p, f) => `“${f.text(p.title)}” is shown again.`],
  'message.text': [(p, f) => f.text(p.subject), (p, f) => f.text(p.preview)],
  'message.image': [
    (p, f) => f.text(p.subject),
    (p, f) => f.plural(p.count, { one: 'Sent a photo', other: 'Sent # photos' }),
  ],
  'offer.received': [
    'New offer',
    (p, f) => [`Somebody offers ${f.money(p.amountMinor, p.currency)} a piece for ${f.plural(p.quantity, pieces)}.`],
  ],
  'offer.countered': ['Counter-offer', (p, f) => `The new price is ${f.money(p.amountMinor, p.currency)} a piece.`],
  'offer.accepted': [
    'Offer accepted',
    (p, f) => `The price of ${f.money(p.amountMinor, p.currency)} a piece is accepted.`,
  ],
  'offer.declined': ['Offer declined', (p, f) => `The price of ${f.money(p.amountMinor, p.currency)} was declined.`],
  'offer.expired': [
    'Offer expired',
    (p, f) => `Nobody answered the price of ${f.money(p.amountMinor, p.currency)} in time.`,
  ],
  'order.placed': [
    'You sold something',
    (p, f) => `${f.text(p.title)} for ${f.money(p.amountMinor, p.currency)} is paid. Please accept the order.`,
  ],
  'order.accepted': ['Order accepted', (p, f) => `The seller accepted your order: ${f.text(p.title)}.`],
  'order.rejected': [
    'Order rejected',
    (p, f) => `The seller rejected your order: ${f.text(p.title)}.${f.because('Reason', p.reason)}`,
  ],
  'order.ready_for_pickup': ['Ready for pickup', (p, f) => `${f.text(p.title)} is waiting for you.`],
  'order.delivered': ['Handed over', (p, f) => `${f.text(p.title)} was handed over. Please confirm that you have it.`],
  'order.received': ['Received', (p, f) => `The buyer has received ${f.text(p.title)}.`],
  'order.cancelled': [
    'Order cancelled',
    (p, f) => `The order was cancelled: ${f.text(p.title)}.${f.because('Reason', p.reason)}`,
  ],
  'order.answer_due': [
    'Please answer the order',
    (p, f) => `${f.text(p.title)} is paid and waits for you until ${f.moment(p.until)}; then it is cancelled.`,
  ],
  'order.handling_due': [
    'Please hand over the order',
    (p, f) => `${f.text(p.title)} must be on its way by ${f.moment(p.until)}, or it is cancelled and refunded.`,
  ],
  'order.pickup_due': [
    'Please pick up your order',
    (p, f) => `${f.text(p.title)} waits for you until ${f.moment(p.until)}; then it is cancelled and refunded.`,
  ],
  'order.receipt_due': [
    'Is everything all right?',
    (p, f) => `Tell us by ${f.moment(p.until)} if something is wrong with ${f.text(p.title)}; then the seller is paid.`,
  ],
  'order.expired': ['Order expired', (p, f) => `The order was not paid in time: ${f.text(p.title)}.`],
  'order.paid_late': ['Paid too late', (p, f) => `${f.text(p.title)} is gone; your money is on its way back.`],
  'order.refund_started': [
    'Refund under way',
    (p, f) => `${f.money(p.amountMinor, p.currency)} for ${f.text(p.title)} is on its way back to you.`,
  ],
  'shipment.at_hub': [
    'Your parcel is there',
    (p, f) => `Fetch your parcel at ${f.text(p.hub)}. Bring the delivery code from the app.`,
  ],
  'shipment.out_for_delivery': [
    'Your parcel is on its way',
    (p, f) => `${f.text(p.courier)} brings your parcel. Have the delivery code from the app ready.`,
  ],
  'shipment.failed': [
    'Your parcel could not be delivered',
    (p, f) => `We could not deliver your parcel.${f.because('Reason', p.reason)}`,
  ],
  'shipment.lost': [
    'A parcel of yours is lost',
    (p, f) => `${f.text(p.hub)} cannot find a parcel of yours: the buyer is refunded. Please write to us about it.`,
  ],
  'shipment.returning': [
    'A parcel comes back to you',
    (p, f) => `A parcel comes back to you by ${f.text(p.hub)}; the buyer is refunded.${f.because('Reason', p.reason)}`,
  ],
  'refund_request.requested': [
    'Refund asked for',
    (p, f) => `The buyer asks for ${f.money(p.amountMinor, p.currency)} back. Please answer in time.`,
  ],
  'refund_request.approved': [
    'Refund approved',
    (p, f) => `${f.money(p.amountMinor, p.currency)} is on its way back to you.`,
  ],
  'refund_request.denied': [
    'Refund denied',
    (p, f) =>
      `The seller turned down your wish for ${f.money(p.amountMinor, p.currency)}.${f.because('Reason', p.reason)}`,
  ],
  'dispute.opened': [
    'The buyer objects',
    (p, f) => `A dispute about ${f.money(p.amountMinor, p.currency)} is open. Please say how you see it in time.`,
  ],
  'dispute.responded': [
    'The seller answered',
    (p, f) => `The seller has answered your dispute about ${f.money(p.amountMinor, p.currency)}. We decide now.`,
  ],
  'dispute.withdrawn': [
    'Dispute withdrawn',
    (p, f) => `The buyer has taken back the dispute about ${f.money(p.amountMinor, p.currency)}.`,
  ],
  'dispute.resolved': [
    'Dispute decided',
    (p, f) => `Your dispute is decided: ${f.money(p.amountMinor, p.currency)} goes back to the buyer.`,
  ],
  'chargeback.opened': [
    'Payment disputed',
    (p, f) => `The buyer's bank asks for ${f.money(p.amountMinor, p.currency)} back. Please send evidence in time.`,
  ],
  'chargeback.won': [
    'Payment stands',
    (p, f) => `The bank has decided for you: ${f.money(p.amountMinor, p.currency)} stays paid.`,
  ],
  'chargeback.lost': [
    'Payment taken back',
    (p, f) => `The bank has decided for the buyer: ${f.money(p.amountMinor, p.currency)} was taken back.`,
  ],
  'payment.failed': ['Payment failed', (p, f) => `The payment of ${f.money(p.amountMinor, p.currency)} failed.`],
  'payment.refunded': ['Refunded', (p, f) => `You got ${f.money(p.amountMinor, p.currency)} back.`],
  'wallet.topped_up': [
    'Money in your wallet',
    (p, f) => `${f.money(p.amountMinor, p.currency)} has arrived in your wallet.`,
  ],
  'wallet.refunded': [
    'Refund in your wallet',
    (p, f) => `${f.money(p.amountMinor, p.currency)} of a refund is in your wallet.`,
  ],
  'wallet.credited': [
    'A credit for you',
    (p, f) => `You were given a credit of ${f.money(p.amountMinor, p.currency)}.`,
  ],
  'wallet.fee_returned': [
    'Fee returned',
    (p, f) => `The fee of ${f.money(p.amountMinor, p.currency)} is back in your wallet.`,
  ],
  'payout.credited': [
    'You were paid',
    (p, f) => `${f.money(p.amountMinor, p.currency)} from your sales is in your wallet.`,
  ],
  'payout.paid': ['Paid out', (p, f) => `${f.money(p.amountMinor, p.currency)} was sent to your account.`],
  'payout.failed': [
    'Payout failed',
    (p, f) => `The payout of ${f.money(p.amountMinor, p.currency)} did not go through; the money is in your wallet.`,
  ],
  'listing.price_dropped': [
    'Price drop',
    (p, f) => `${f.text(p.title)}: ${f.money(p.priceMinor, p.currency)} instead of ${f.money(p.wasMinor, p.currency)}.`,
  ],
  'listing.back_in_stock': ['Back in stock', (p, f) => `${f.text(p.title)} is available again.`],
  'digest.summary': [
    (p, f) => f.plural(p.count, { one: '# piece of news', other: '# pieces of news' }),
    (p, f) => f.exact(p.lines),
  ],
  'notice.generic': ['There is news', 'Open the app to see what is new.'],
};
