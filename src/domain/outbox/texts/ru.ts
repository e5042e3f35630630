import type { Texts } from '../wording.ts';

const pieces = { one: '# штука', few: '# штуки', many: '# штук', other: '# штуки' };
const stars = { one: '# звезду', few: '# звезды', many: '# звёзд', other: '# звезды' };
const minutes = { one: '# минуты', few: '# минут', many: '# минут', other: '# минуты' };

const days = { one: '# дня', few: '# дней', many: '# дней', other: '# дня' };

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
  'sanction.suspend': [
    'Аккаунт заблокирован',
    (p, f) => `Ваш аккаунт заблокирован${p.until ? ` до ${f.moment(p.until)}` : ''}.${f.because('Причина', p.reason)}`,
  ],
  'merchant.invited': [
    (p, f) => `Приглашение: ${f.text(p.merchant)}`,
    (p, f) => [
      `${f.text(p.by)} приглашает вас работать в «${f.text(p.merchant)}».`,
      `Введите этот код в приложении в течение ${f.plural(p.days, days)}: ${f.exact(p.code)}`,
    ],
  ],
  'invitation.invited': [
    (p, f) => `Приглашение: ${f.text(p.merchant)}`,
    (p, f) => `«${f.text(p.merchant)}» приглашает вас в команду. Откройте приложение, чтобы ответить.`,
  ],
  'application.approved': [
    'Вы теперь продавец',
    (p, f) => `Магазин «${f.text(p.merchant)}» одобрен и может продавать.`,
  ],
  'application.rejected': [
    'Заявка отклонена',
    (p, f) => `Ваша заявка продавца отклонена.${f.because('Причина', p.reason)}`,
  ],
  'merchant.suspended': [
    'Магазин приостановлен',
    (p, f) => `Ваши объявления скрыты, открытые заказы продолжаются.${f.because('Причина', p.reason)}`,
  ],
  'merchant.reinstated': ['Магазин снова открыт', 'Ваши объявления снова видны.'],
  'hub_assignment.assigned': [
    'Вы теперь работаете в пункте',
    (p, f) => `Теперь вы можете действовать от имени пункта «${f.text(p.hub)}».`,
  ],
  'hub_assignment.removed': [
    'Вы больше не работаете в пункте',
    (p, f) => `Вы больше не работаете в пункте «${f.text(p.hub)}».`,
  ],
  'verification.approved': ['Вы подтверждены', 'Документы проверены. Другие видят, что вы подтверждены.'],
  'verification.rejected': [
    'Документы не приняты',
    (p, f) => `Документы не приняты, можно отправить другие.${f.because('Причина', p.reason)}`,
  ],
  'verification.expiring': [
    'Подтверждение скоро закончится',
    (p, f) => `Подтверждение действует до ${f.day(p.expiresOn)}. Отправьте новые документы заранее.`,
  ],
  'verification.expired': ['Подтверждение закончилось', 'Отправьте новые документы, чтобы подтвердиться снова.'],
  'report.resolved': ['Жалоба рассмотрена', 'Спасибо. Мы рассмотрели жалобу и приняли меры.'],
  'sanction.warn': ['Предупреждение', (p, f) => `Вы нарушили правила площадки.${f.because('Причина', p.reason)}`],
  'listing.taken_down': [
    'Объявление удалено',
    (p, f) => `Объявление «${f.text(p.title)}» удалено.${f.because('Причина', p.reason)}`,
  ],
  'review.revealed': ['Новый отзыв', (p, f) => [`Вам поставили ${f.plural(p.rating, stars)}.`]],
  'review.replied': ['Ответ на отзыв', 'На ваш отзыв ответили.'],
  'account.invited': [
    'Ваш аккаунт',
    (p, f) => [`Для вас создан аккаунт. Выберите пароль в течение ${f.plural(p.days, days)}:\n`, f.exact(p.link)],
  ],
  'address.replaced': [
    'Адрес заменён',
    (p, f) => `${f.moment(p.at)} этот адрес в вашем аккаунте заменён. Если это были не вы, напишите нам.`,
  ],
  'telegram.linked': [
    'Telegram привязан',
    (p, f) => [
      `${f.moment(p.at)} к вашему аккаунту привязан аккаунт Telegram.`,
      'Если это были не вы, отвяжите его и смените пароль.',
    ],
  ],
  'telegram.unlinked': [
    'Telegram отвязан',
    (p, f) => `${f.moment(p.at)} Telegram отвязан от вашего аккаунта. Если это были не вы, смените пароль.`,
  ],
  'merchant.removed': ['Вы больше не в команде', (p, f) => `Вы больше не в команде «${f.text(p.merchant)}».`],
  'merchant.transferred': ['Новый владелец', (p, f) => `У «${f.text(p.merchant)}» новый владелец.`],
  'verification.revoked': [
    'Подтверждение отозвано',
    (p, f) => `Другие больше не видят вас подтверждённым.${f.because('Причина', p.reason)}`,
  ],
  'report.dismissed': ['Жалоба рассмотрена', 'Мы рассмотрели вашу жалобу и не нашли нарушений.'],
  'sanction.remove': [
    'Удалено модератором',
    (p, f) => `Что-то из вашего нарушало правила и удалено.${f.because('Причина', p.reason)}`,
  ],
  'sanction.ended': ['Блокировка закончилась', 'Вы снова можете пользоваться аккаунтом.'],
  'listing.restored': ['Объявление снова видно', (p, f) => `Объявление «${f.text(p.title)}» снова видно.`],
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
  'order.answer_due': [
    'Ответьте на заказ',
    (p, f) => `${f.text(p.title)}: заказ оплачен и ждёт ответа до ${f.moment(p.until)}, затем он отменится.`,
  ],
  'order.handling_due': [
    'Передайте заказ',
    (p, f) => `${f.text(p.title)}: отправьте заказ до ${f.moment(p.until)}, иначе он отменится, а деньги вернутся.`,
  ],
  'order.pickup_due': [
    'Заберите заказ',
    (p, f) => `${f.text(p.title)}: заказ ждёт вас до ${f.moment(p.until)}, затем он отменится, а деньги вернутся.`,
  ],
  'order.receipt_due': [
    'Всё в порядке?',
    (p, f) =>
      `${f.text(p.title)}: сообщите до ${f.moment(p.until)}, если что-то не так; затем продавец получит деньги.`,
  ],
  'order.expired': ['Заказ истёк', (p, f) => `Заказ не оплачен вовремя: ${f.text(p.title)}.`],
  'order.paid_late': ['Оплата опоздала', (p, f) => `${f.text(p.title)} уже нет, деньги возвращаются.`],
  'order.refund_started': [
    'Возврат начат',
    (p, f) => `${f.money(p.amountMinor, p.currency)} за ${f.text(p.title)} возвращается вам.`,
  ],
  'shipment.at_hub': [
    'Посылка прибыла',
    (p, f) => `Заберите посылку в пункте «${f.text(p.hub)}». Понадобится код выдачи из приложения.`,
  ],
  'shipment.out_for_delivery': [
    'Посылка в пути',
    (p, f) => `${f.text(p.courier)} везёт вашу посылку. Подготовьте код выдачи из приложения.`,
  ],
  'shipment.failed': [
    'Посылку не удалось доставить',
    (p, f) => `Доставить посылку не удалось.${f.because('Причина', p.reason)}`,
  ],
  'shipment.lost': [
    'Ваша посылка потеряна',
    (p, f) => `«${f.text(p.hub)}» не находит вашу посылку: деньги вернутся покупателю. Напишите нам об этом.`,
  ],
  'shipment.returning': [
    'Посылка возвращается к вам',
    (p, f) =>
      `Она вернётся к вам через «${f.text(p.hub)}», деньги вернутся покупателю.${f.because('Причина', p.reason)}`,
  ],
  'refund_request.requested': [
    'Просят вернуть деньги',
    (p, f) => `Покупатель просит вернуть ${f.money(p.amountMinor, p.currency)}. Ответьте, пожалуйста, вовремя.`,
  ],
  'refund_request.approved': ['Возврат одобрен', (p, f) => `${f.money(p.amountMinor, p.currency)} возвращаются к вам.`],
  'refund_request.denied': [
    'В возврате отказано',
    (p, f) => `Продавец отказался вернуть ${f.money(p.amountMinor, p.currency)}.${f.because('Причина', p.reason)}`,
  ],
  'dispute.opened': [
    'Покупатель возражает',
    (p, f) => `Открыт спор на ${f.money(p.amountMinor, p.currency)}. Ответьте, пожалуйста, вовремя.`,
  ],
  'dispute.responded': [
    'Продавец ответил',
    (p, f) => `Продавец ответил на ваш спор на ${f.money(p.amountMinor, p.currency)}. Теперь решаем мы.`,
  ],
  'dispute.withdrawn': ['Спор отозван', (p, f) => `Покупатель отозвал спор на ${f.money(p.amountMinor, p.currency)}.`],
  'dispute.resolved': [
    'Спор решён',
    (p, f) => `Ваш спор решён: покупателю возвращается ${f.money(p.amountMinor, p.currency)}.`,
  ],
  'chargeback.opened': [
    'Платёж оспорен',
    (p, f) => `Банк покупателя требует вернуть ${f.money(p.amountMinor, p.currency)}. Пришлите доказательства вовремя.`,
  ],
  'chargeback.won': [
    'Платёж остаётся',
    (p, f) => `Банк решил в вашу пользу: платёж ${f.money(p.amountMinor, p.currency)} остаётся.`,
  ],
  'chargeback.lost': [
    'Платёж отозван',
    (p, f) => `Банк решил в пользу покупателя: ${f.money(p.amountMinor, p.currency)} отозваны.`,
  ],
  'payment.failed': ['Оплата не прошла', (p, f) => `Оплата ${f.money(p.amountMinor, p.currency)} не прошла.`],
  'payment.refunded': ['Деньги возвращены', (p, f) => `Вам вернули ${f.money(p.amountMinor, p.currency)}.`],
  'wallet.topped_up': ['Деньги в кошельке', (p, f) => `${f.money(p.amountMinor, p.currency)} поступило в ваш кошелёк.`],
  'wallet.refunded': [
    'Возврат в кошельке',
    (p, f) => `${f.money(p.amountMinor, p.currency)} по возврату зачислено в ваш кошелёк.`,
  ],
  'wallet.credited': ['Вам начислено', (p, f) => `Вам начислено ${f.money(p.amountMinor, p.currency)}.`],
  'wallet.fee_returned': [
    'Плата возвращена',
    (p, f) => `Плата ${f.money(p.amountMinor, p.currency)} снова в вашем кошельке.`,
  ],
  'payout.credited': [
    'Вам заплатили',
    (p, f) => `${f.money(p.amountMinor, p.currency)} за ваши продажи зачислено в кошелёк.`,
  ],
  'payout.paid': ['Выплата отправлена', (p, f) => `${f.money(p.amountMinor, p.currency)} отправлено на ваш счёт.`],
  'payout.failed': [
    'Выплата не прошла',
    (p, f) => `Выплата ${f.money(p.amountMinor, p.currency)} не прошла, деньги в вашем кошельке.`,
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
