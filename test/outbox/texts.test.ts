import { describe, expect, test } from 'vitest';
import { locales, write, type Locale, type TemplateKey, type TemplateParams } from '../../src/domain/outbox/index.ts';

const at = '2026-03-01T18:05:00.000Z';
const price = { amountMinor: 1_234_500, currency: 'KES' } as const;
const title = 'Bike <b>"fast"</b>';

/** Typed: a template without a sample does not compile. */
const samples: { readonly [Key in TemplateKey]: TemplateParams[Key] } = {
  'otp.code': { code: '482913', minutes: 10 },
  'password.reset': { link: 'https://market.example/reset?token=abc', minutes: 60 },
  'password.changed': { at },
  'session.new': { device: 'Firefox on Linux', place: 'Nairobi, KE', at },
  'account.deleted': { at },
  'sanction.suspend': { reason: 'Fraud', until: at },
  'merchant.invited': { merchant: 'Duka Bora', by: 'Amina', code: 'K7-2Q9', days: 7 },
  'invitation.invited': { merchant: 'Duka Bora' },
  'application.approved': { merchant: 'Duka Bora' },
  'application.rejected': { reason: 'No licence' },
  'merchant.suspended': {},
  'merchant.reinstated': {},
  'hub_assignment.assigned': { hub: 'Westlands Hub' },
  'hub_assignment.removed': { hub: 'Westlands Hub' },
  'verification.approved': {},
  'verification.rejected': { reason: 'Blurred' },
  'verification.expiring': { expiresOn: '2026-03-01' },
  'verification.revoked': { reason: 'Forged' },
  'account.invited': { link: 'https://market.example/reset#token=abc', days: 7 },
  'address.replaced': { at },
  'telegram.linked': { at },
  'telegram.unlinked': { at },
  'merchant.removed': { merchant: 'Duka Bora' },
  'merchant.transferred': { merchant: 'Duka Bora' },
  'report.dismissed': {},
  'sanction.remove': { reason: 'Spam' },
  'sanction.ended': {},
  'listing.restored': { title },
  'verification.expired': {},
  'report.resolved': {},
  'sanction.warn': { reason: 'Spam' },
  'listing.taken_down': { title, reason: 'Counterfeit' },
  'review.revealed': { rating: 2 },
  'review.replied': {},
  'message.text': { subject: title, preview: 'Is it still there?' },
  'message.image': { subject: title, count: 3 },
  'offer.received': { ...price, quantity: 5 },
  'offer.countered': price,
  'offer.accepted': price,
  'offer.declined': price,
  'offer.expired': price,
  'order.placed': { ...price, title },
  'order.accepted': { title },
  'order.rejected': { title, reason: 'Broken' },
  'order.ready_for_pickup': { title },
  'order.delivered': { title },
  'order.received': { title },
  'order.cancelled': { title },
  'order.answer_due': { title, until: at },
  'order.handling_due': { title, until: at },
  'order.pickup_due': { title, until: at },
  'order.receipt_due': { title, until: at },
  'order.expired': { title },
  'order.paid_late': { title },
  'order.refund_started': { ...price, title },
  'shipment.at_hub': { hub: 'Westlands Hub' },
  'shipment.out_for_delivery': { courier: 'Boda Riders' },
  'shipment.failed': { reason: 'Nobody was there' },
  'shipment.lost': { hub: 'Westlands Hub' },
  'shipment.returning': { hub: 'Westlands Hub', reason: 'Nobody was there' },
  'refund_request.requested': price,
  'refund_request.approved': price,
  'refund_request.denied': { ...price, reason: 'Worn' },
  'dispute.opened': price,
  'dispute.responded': price,
  'dispute.withdrawn': price,
  'dispute.resolved': price,
  'chargeback.opened': price,
  'chargeback.won': price,
  'chargeback.lost': price,
  'payment.failed': price,
  'payment.refunded': price,
  'wallet.topped_up': price,
  'wallet.refunded': price,
  'wallet.credited': price,
  'wallet.fee_returned': price,
  'payout.credited': price,
  'payout.paid': price,
  'payout.failed': price,
  'listing.price_dropped': { title, priceMinor: 900_000, wasMinor: 1_000_000, currency: 'KES' },
  'listing.back_in_stock': { title },
  'digest.summary': { count: 21, lines: 'Offer accepted\nRefunded' },
  'notice.generic': {},
};
const keys = Object.keys(samples) as TemplateKey[];

function written(template: string, locale: Locale, params: object = samples[template as TemplateKey]) {
  return write({ template, locale, timezone: 'Africa/Nairobi', params: params as Record<string, string | number> });
}

test('every text in every language reads as it was looked at', async () => {
  const document = keys.map((key) => {
    const lines = locales.flatMap((locale) => {
      const { title: subject, body, sms } = written(key, locale);
      return [
        `${locale}: ${subject}`,
        ...body.split('\n').map((line) => `    ${line}`),
        ...(sms === body ? [] : [`    sms: ${sms}`]),
      ];
    });
    return [`# ${key}`, ...lines].join('\n');
  });
  await expect(`${document.join('\n\n')}\n`).toMatchFileSnapshot('texts.golden.txt');
});

describe.each(locales)('in %s', (locale) => {
  test('a text never says undefined: a missing parameter is an error, or was not needed', () => {
    for (const key of keys) {
      const text = attempt(() => written(key, locale, {}));
      expect(text ?? '', `${key} without parameters`).not.toMatch(/undefined|NaN|null|Invalid/);
    }
  });

  test('every parameter that must be there is written', () => {
    for (const key of keys) {
      const given = samples[key] as Record<string, unknown>;
      for (const name of Object.keys(given).filter((param) => !['reason', 'until'].includes(param))) {
        const { [name]: _left, ...rest } = given;
        expect(() => written(key, locale, rest), `${key} without ${name}`).toThrow();
      }
    }
  });

  test('no text is a copy of the English one but names and quotes', () => {
    if (locale === 'en') return;
    const copies = keys.filter((key) => written(key, locale).title === written(key, 'en').title);
    expect(copies.filter((key) => !key.startsWith('message.'))).toEqual([]);
  });
});

test('counts follow the rules of each language', () => {
  const stars = (locale: Locale, rating: number) => written('review.revealed', locale, { rating }).body;
  expect([1, 2, 5, 21].map((rating) => stars('ru', rating))).toEqual([
    'Вам поставили 1 звезду.',
    'Вам поставили 2 звезды.',
    'Вам поставили 5 звёзд.',
    'Вам поставили 21 звезду.',
  ]);
  expect([1, 2, 3, 11].map((rating) => stars('ar', rating))).toEqual([
    'حصلت على نجمة واحدة.',
    'حصلت على نجمتين.',
    'حصلت على 3 نجوم.',
    'حصلت على 11 نجمة.',
  ]);
});

test('times are those of the person’s clock, money has the digits of its currency', () => {
  expect(written('account.deleted', 'en').body).toContain('21:05');
  const yen = written('payment.refunded', 'en', { amountMinor: 1_500, currency: 'JPY' }).body;
  expect(yen).toContain('1,500');
});

test('somebody’s words can neither add lines nor turn the direction of what follows', () => {
  const { title: subject } = written('message.text', 'en', { subject: 'a\r\nBcc: b\u202Ec', preview: '' });
  expect(subject).toBe('a Bcc: b c');
  expect(written('order.accepted', 'ar', { title: 'Bike' }).body).toContain('\u2068Bike\u2069');
});

function attempt(writing: () => { body: string }): string | null {
  try {
    return writing().body;
  } catch {
    return null;
  }
}
