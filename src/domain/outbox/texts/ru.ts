import type { Texts } from '../wording.ts';

const pieces = { one: '# штука', few: '# штуки', many: '# штук', other: '# штуки' };
const stars = { one: '# звезду', few: '# звезды', many: '# звёзд', other: '# звезды' };
const minutes = { one: '# минуты', few: '# минут', many: '# минут', other: '# минуты' };

export const ru: Texts = {
  'otp.code': [
    'Ваш код',
    (p, f) => [
      `Ваш код: ${f.exact(p.code)}.`,
      `Он действует в течение ${f.plural(p.minutes, minutes)}.`,
      `Никому его не сообщайте.`,
    ],
    (p, f) => `${f.exact(p.code)} — ваш код Soko.`,
  ],
  'password.reset': [
    'Выберите новый пароль',
    (p, f) => [
      `Откройте эту ссылку в течение ${f.plural(p.minutes, minutes)}, чтобы выбрать новый пароль:\n`,
      `${f.exact(p.link)}\n`,
      `Если вы этого не просили, ничего не делайте.`,
    ],
  ],
  'password.changed': [
    'Пароль изменён',
    (p, f) => `Ваш пароль изменён ${f.moment(p.at)}. Если это были не вы, сбросьте его сейчас.`,
  ],
  'session.new': [
    'Новый вход',
    (p, f) => [
      `В ваш аккаунт вошли с устройства ${f.text(p.device)} (${f.text(p.place)}) ${f.moment(p.at)}.`,
      `Если это были не вы, завершите сеанс и смените пароль.`,
    ],
  ],
  'account.deleted': ['Аккаунт удалён', (p, f) => `Ваш аккаунт удалён ${f.moment(p.at)}.`],
  'account.suspended': ['Аккаунт заблокирован', (p, f) => `Ваш аккаунт заблокирован.${f.because('Причина', p.reason)}`],
  'merchant.invited': [
    (p, f) => `Приглашение: ${f.text(p.merchant)}`,
    (p, f) => `${f.text(p.by)} приглашает вас в команду «${f.text(p.merchant)}».`,
  ],
  'merchant.invitation': [
    (p, f) => `Приглашение: ${f.text(p.merchant)}`,
    (p, f) => `${f.text(p.by)} приглашает вас в команду «${f.text(p.merchant)}».`,
  ],
  'merchant.approved': ['Вы теперь продавец', (p, f) => `Магазин «${f.text(p.merchant)}» одобрен и может продавать.`],
  'merchant.rejected': [
    'Заявка отклонена',
    (p, f) => `Ваша заявка продавца отклонена.${f.because('Причина', p.reason)}`,
  ],
  'merchant.suspended': [
    'Магазин приостановлен',
    (p, f) => `Ваши объявления скрыты, открытые заказы продолжаются.${f.because('Причина', p.reason)}`,
  ],
  'merchant.reinstated': ['Магазин снова открыт', 'Ваши объявления снова видны.'],
  'verification.approved': ['Вы подтверждены', 'Документы проверены. Другие видят, что вы подтверждены.'],
  'verification.rejected': [
    'Документы не приняты',
    (p, f) => `Документы не приняты, можно отправить другие.${f.because('Причина', p.reason)}`,
  ],
  'verification.expiring': [
    'Подтверждение скоро закончится',
    (p, f) => `Подтверждение действует до ${f.moment(p.at)}. Отправьте новые документы заранее.`,
  ],
  'verification.expired': ['Подтверждение закончилось', 'Отправьте новые документы, чтобы подтвердиться снова.'],
  'report.resolved': ['Жалоба рассмотрена', 'Спасибо. Мы рассмотрели жалобу и приняли меры.'],
  'moderation.warned': ['Предупреждение', (p, f) => `Вы нарушили правила площадки.${f.because('Причина', p.reason)}`],
  'moderation.listing_removed': [
    'Объявление удалено',
    (p, f) => `Объявление «${f.text(p.title)}» удалено.${f.because('Причина', p.reason)}`,
  ],
  'review.received': ['Новый отзыв', (p, f) => [`Вам поставили ${f.plural(p.rating, stars)}.`]],
  'review.replied': ['Ответ на отзыв', 'На ваш отзыв ответили.'],
  'message.text': [(p, f) => f.text(p.subject), (p, f) => f.text(p.preview)],
  'message.image': [
    (p, f) => f.text(p.subject),
    (p, f) =>
      f.plural(p.count, {
        one: 'Прислано # фото',
        few: 'Прислано # фото',
        many: 'Прислано # фото',
        other: 'Прислано # фото',
      }),
  ],
  'offer.received': [
    'Новое предложение',
    (p, f) => [`Предлагают ${f.money(p.amountMinor, p.currency)} за штуку, ${f.plural(p.quantity, pieces)}.`],
  ],
  'offer.countered': ['Встречное предложение', (p, f) => `Новая цена: ${f.money(p.amountMinor, p.currency)} за штуку.`],
  'offer.accepted': ['Предложение принято', (p, f) => `Цена ${f.money(p.amountMinor, p.currency)} за штуку принята.`],
  'offer.declined': ['Предложение отклонено', (p, f) => `Цена ${f.money(p.amountMinor, p.currency)} отклонена.`],
  'offer.expired': [
    'Срок предложения истёк',
    (p, f) => `На цену ${f.money(p.amountMinor, p.currency)} никто не ответил вовремя.`,
  ],
  'order.placed': [
    'У вас покупка',
    (p, f) => `${f.text(p.title)} за ${f.money(p.amountMinor, p.currency)} оплачено. Примите заказ.`,
  ],
  'order.accepted': ['Заказ принят', (p, f) => `Продавец принял заказ: ${f.text(p.title)}.`],
  'order.rejected': [
    'Заказ отклонён',
    (p, f) => `Продавец отклонил заказ: ${f.text(p.title)}.${f.because('Причина', p.reason)}`,
  ],
  'order.ready_for_pickup': ['Можно забирать', (p, f) => `${f.text(p.title)} ждёт вас.`],
  'order.delivered': ['Передано', (p, f) => `${f.text(p.title)} передано. Подтвердите получение.`],
  'order.received': ['Получено', (p, f) => `Покупатель получил ${f.text(p.title)}.`],
  'order.cancelled': ['Заказ отменён', (p, f) => `Заказ отменён: ${f.text(p.title)}.${f.because('Причина', p.reason)}`],
  'order.expired': ['Заказ истёк', (p, f) => `Заказ не оплачен вовремя: ${f.text(p.title)}.`],
  'order.paid_late': ['Оплата опоздала', (p, f) => `${f.text(p.title)} уже нет, деньги возвращаются.`],
  'order.refund_started': [
    'Возврат начат',
    (p, f) => `${f.money(p.amountMinor, p.currency)} за ${f.text(p.title)} возвращается вам.`,
  ],
  'payment.failed': ['Оплата не прошла', (p, f) => `Оплата ${f.money(p.amountMinor, p.currency)} не прошла.`],
  'payment.refunded': ['Деньги возвращены', (p, f) => `Вам вернули ${f.money(p.amountMinor, p.currency)}.`],
  'payment.refund_failed': [
    'Возврат не прошёл',
    (p, f) => `Возврат ${f.money(p.amountMinor, p.currency)} не прошёл, мы разбираемся.`,
  ],
  'listing.price_dropped': [
    'Цена снижена',
    (p, f) => `${f.text(p.title)}: ${f.money(p.priceMinor, p.currency)} вместо ${f.money(p.wasMinor, p.currency)}.`,
  ],
  'listing.back_in_stock': ['Снова в наличии', (p, f) => `${f.text(p.title)} снова в наличии.`],
  'digest.summary': [
    (p, f) => f.plural(p.count, { one: '# новость', few: '# новости', many: '# новостей', other: '# новости' }),
    (p, f) => f.exact(p.lines),
  ],
  'notice.generic': ['Есть новости', 'Откройте приложение, чтобы узнать подробности.'],
};
