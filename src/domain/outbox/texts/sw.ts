import type { Texts } from '../wording.ts';

const minutes = { one: 'dakika #', other: 'dakika #' };
const pieces = { one: 'kipande #', other: 'vipande #' };
const stars = { one: 'nyota #', other: 'nyota #' };
const days = { one: 'siku #', other: 'siku #' };

export const sw: Texts = {
  'otp.code': [
    'Msimbo wako',
    (p, f) => [
      `Msimbo wako ni ${f.exact(p.code)}.`,
      `Unatumika kwa ${f.plural(p.minutes, minutes)}. Usimpe mtu yeyote.`,
    ],
    (p, f) => `${f.exact(p.code)} ni msimbo wako wa Soko.`,
  ],
  'password.reset': [
    'Chagua nenosiri jipya',
    (p, f) => [
      `Fungua kiungo hiki ndani ya ${f.plural(p.minutes, minutes)} ili kuchagua nenosiri jipya:\n`,
      `${f.exact(p.link)}\n`,
      `Kama hukuomba, usifanye chochote.`,
    ],
  ],
  'password.changed': [
    'Nenosiri lako limebadilishwa',
    (p, f) => `Nenosiri lako lilibadilishwa ${f.moment(p.at)}. Kama si wewe, liweke upya sasa.`,
  ],
  'session.new': [
    'Kuingia kupya',
    (p, f) => [
      `Mtu ameingia katika akaunti yako kwa ${f.text(p.device)} (${f.text(p.place)}) ${f.moment(p.at)}.`,
      `Kama si wewe, funga kipindi hicho na ubadilishe nenosiri.`,
    ],
  ],
  'account.deleted': ['Akaunti yako imefutwa', (p, f) => `Akaunti yako ilifutwa ${f.moment(p.at)}.`],
  'sanction.suspend': [
    'Akaunti yako imesimamishwa',
    (p, f) =>
      `Akaunti yako imesimamishwa${p.until ? ` hadi ${f.moment(p.until)}` : ''}.${f.because('Sababu', p.reason)}`,
  ],
  'merchant.invited': [
    (p, f) => `Jiunge na ${f.text(p.merchant)}`,
    (p, f) => [
      `${f.text(p.by)} anakualika kufanya kazi na ${f.text(p.merchant)}.`,
      `Ingiza msimbo huu kwenye programu ndani ya ${f.plural(p.days, days)}: ${f.exact(p.code)}`,
    ],
  ],
  'invitation.invited': [
    (p, f) => `Jiunge na ${f.text(p.merchant)}`,
    (p, f) => `${f.text(p.merchant)} inakualika kwenye timu yake. Fungua programu ili kujibu.`,
  ],
  'application.approved': [
    'Sasa wewe ni mfanyabiashara',
    (p, f) => `${f.text(p.merchant)} imeidhinishwa na inaweza kuuza.`,
  ],
  'application.rejected': [
    'Ombi lako limekataliwa',
    (p, f) => `Ombi lako la kuwa mfanyabiashara limekataliwa.${f.because('Sababu', p.reason)}`,
  ],
  'merchant.suspended': [
    'Duka lako limesimamishwa',
    (p, f) => `Matangazo yako yamefichwa; oda zilizo wazi zinaendelea.${f.because('Sababu', p.reason)}`,
  ],
  'merchant.reinstated': ['Duka lako limefunguliwa tena', 'Matangazo yako yanaonekana tena.'],
  'hub_assignment.assigned': [
    'Sasa unafanya kazi kwenye kituo',
    (p, f) => `Sasa unaweza kutenda kwa niaba ya ${f.text(p.hub)}.`,
  ],
  'hub_assignment.removed': ['Umetoka kwenye kituo', (p, f) => `Hufanyi kazi tena ${f.text(p.hub)}.`],
  'verification.approved': ['Umethibitishwa', 'Hati zako zimekaguliwa. Wengine wanaona kuwa umethibitishwa.'],
  'verification.rejected': [
    'Hati zako hazikukubaliwa',
    (p, f) => `Hati zako hazikukubaliwa; unaweza kutuma nyingine.${f.because('Sababu', p.reason)}`,
  ],
  'verification.expiring': [
    'Uthibitisho wako unaisha karibuni',
    (p, f) => `Uthibitisho wako unaisha ${f.day(p.expiresOn)}. Tuma hati mpya kabla ya hapo.`,
  ],
  'verification.expired': ['Uthibitisho wako umeisha', 'Tuma hati mpya ili uthibitishwe tena.'],
  'report.resolved': ['Ripoti yako imeangaliwa', 'Asante. Tumeangalia ripoti yako na kuchukua hatua.'],
  'sanction.warn': ['Onyo', (p, f) => `Umevunja kanuni za soko.${f.because('Sababu', p.reason)}`],
  'listing.taken_down': [
    'Tangazo lako limeondolewa',
    (p, f) => `“${f.text(p.title)}” limeondolewa.${f.because('Sababu', p.reason)}`,
  ],
  'review.revealed': ['Tathmini mpya', (p, f) => `Mtu amekupa ${f.plural(p.rating, stars)}.`],
  'review.replied': ['Jibu la tathmini yako', 'Kuna jibu la tathmini yako.'],
  'account.invited': [
    'Akaunti yako',
    (p, f) => [`Umefunguliwa akaunti. Chagua nenosiri ndani ya ${f.plural(p.days, days)}:\n`, f.exact(p.link)],
  ],
  'address.replaced': [
    'Anwani yako imebadilishwa',
    (p, f) => `Anwani hii ilibadilishwa kwenye akaunti yako ${f.moment(p.at)}. Kama si wewe, tuandikie.`,
  ],
  'telegram.linked': [
    'Telegram imeunganishwa',
    (p, f) =>
      `Akaunti ya Telegram iliunganishwa na yako ${f.moment(p.at)}. Kama si wewe, iondoe na ubadilishe nenosiri.`,
  ],
  'telegram.unlinked': [
    'Telegram imeondolewa',
    (p, f) => `Telegram iliondolewa kwenye akaunti yako ${f.moment(p.at)}. Kama si wewe, badilisha nenosiri.`,
  ],
  'merchant.removed': ['Umetoka kwenye timu', (p, f) => `Hauko tena kwenye timu ya ${f.text(p.merchant)}.`],
  'merchant.transferred': ['Mmiliki mpya', (p, f) => `${f.text(p.merchant)} ina mmiliki mpya.`],
  'verification.revoked': [
    'Uthibitisho wako umeondolewa',
    (p, f) => `Wengine hawakuoni tena kama aliyethibitishwa.${f.because('Sababu', p.reason)}`,
  ],
  'report.dismissed': ['Ripoti yako imeangaliwa', 'Tuliangalia ripoti yako na hatukuona lililo kinyume na kanuni.'],
  'sanction.remove': [
    'Imeondolewa na msimamizi',
    (p, f) => `Kitu chako kilikuwa kinyume na kanuni na kimeondolewa.${f.because('Sababu', p.reason)}`,
  ],
  'sanction.ended': ['Kusimamishwa kwako kumeisha', 'Unaweza kutumia akaunti yako tena.'],
  'listing.restored': ['Tangazo lako linaonekana tena', (p, f) => `“${f.text(p.title)}” linaonekana tena.`],
  'message.text': [(p, f) => f.text(p.subject), (p, f) => f.text(p.preview)],
  'message.image': [
    (p, f) => f.text(p.subject),
    (p, f) => f.plural(p.count, { one: 'Ametuma picha', other: 'Ametuma picha #' }),
  ],
  'offer.received': [
    'Ofa mpya',
    (p, f) => [`Mtu anatoa ${f.money(p.amountMinor, p.currency)} kwa kipande, ${f.plural(p.quantity, pieces)}.`],
  ],
  'offer.countered': ['Ofa ya kujibu', (p, f) => `Bei mpya ni ${f.money(p.amountMinor, p.currency)} kwa kipande.`],
  'offer.accepted': [
    'Ofa imekubaliwa',
    (p, f) => `Bei ya ${f.money(p.amountMinor, p.currency)} kwa kipande imekubaliwa.`,
  ],
  'offer.declined': ['Ofa imekataliwa', (p, f) => `Bei ya ${f.money(p.amountMinor, p.currency)} imekataliwa.`],
  'offer.expired': [
    'Ofa imeisha muda',
    (p, f) => `Hakuna aliyejibu bei ya ${f.money(p.amountMinor, p.currency)} kwa wakati.`,
  ],
  'order.placed': [
    'Umeuza kitu',
    (p, f) => `${f.text(p.title)} kwa ${f.money(p.amountMinor, p.currency)} imelipwa. Tafadhali kubali oda.`,
  ],
  'order.accepted': ['Oda imekubaliwa', (p, f) => `Muuzaji amekubali oda yako: ${f.text(p.title)}.`],
  'order.rejected': [
    'Oda imekataliwa',
    (p, f) => `Muuzaji amekataa oda yako: ${f.text(p.title)}.${f.because('Sababu', p.reason)}`,
  ],
  'order.ready_for_pickup': ['Tayari kuchukuliwa', (p, f) => `${f.text(p.title)} inakusubiri.`],
  'order.delivered': ['Imekabidhiwa', (p, f) => `${f.text(p.title)} imekabidhiwa. Tafadhali thibitisha umeipata.`],
  'order.received': ['Imepokelewa', (p, f) => `Mnunuzi amepokea ${f.text(p.title)}.`],
  'order.cancelled': [
    'Oda imeghairiwa',
    (p, f) => `Oda imeghairiwa: ${f.text(p.title)}.${f.because('Sababu', p.reason)}`,
  ],
  'order.answer_due': [
    'Tafadhali jibu agizo',
    (p, f) => `${f.text(p.title)} imelipiwa na inakusubiri hadi ${f.moment(p.until)}; baadaye itafutwa.`,
  ],
  'order.handling_due': [
    'Tafadhali kabidhi agizo',
    (p, f) => `${f.text(p.title)} itumwe kabla ya ${f.moment(p.until)}, la sivyo itafutwa na pesa zitarudishwa.`,
  ],
  'order.pickup_due': [
    'Tafadhali chukua agizo lako',
    (p, f) => `${f.text(p.title)} inakusubiri hadi ${f.moment(p.until)}; baadaye itafutwa na pesa zitarudishwa.`,
  ],
  'order.receipt_due': [
    'Je, kila kitu kiko sawa?',
    (p, f) => `Tuambie kabla ya ${f.moment(p.until)} kama kuna tatizo na ${f.text(p.title)}; baadaye muuzaji atalipwa.`,
  ],
  'order.expired': ['Oda imeisha muda', (p, f) => `Oda haikulipwa kwa wakati: ${f.text(p.title)}.`],
  'order.paid_late': ['Malipo yamechelewa', (p, f) => `${f.text(p.title)} haipo tena; pesa zako zinarudishwa.`],
  'order.refund_started': [
    'Pesa zinarudishwa',
    (p, f) => `${f.money(p.amountMinor, p.currency)} za ${f.text(p.title)} zinarudishwa kwako.`,
  ],
  'shipment.at_hub': [
    'Kifurushi chako kimefika',
    (p, f) => `Chukua kifurushi chako ${f.text(p.hub)}. Njoo na msimbo wa kupokea ulio kwenye programu.`,
  ],
  'shipment.out_for_delivery': [
    'Kifurushi chako kiko njiani',
    (p, f) => `${f.text(p.courier)} analeta kifurushi chako. Uwe na msimbo wa kupokea ulio kwenye programu.`,
  ],
  'shipment.failed': [
    'Kifurushi chako hakikufikishwa',
    (p, f) => `Hatukuweza kufikisha kifurushi chako.${f.because('Sababu', p.reason)}`,
  ],
  'shipment.lost': [
    'Kifurushi chako kimepotea',
    (p, f) => `${f.text(p.hub)} hawapati kifurushi chako: mnunuzi anarudishiwa pesa. Tafadhali tuandikie kukihusu.`,
  ],
  'shipment.returning': [
    'Kifurushi kinarudi kwako',
    (p, f) =>
      `Kifurushi kinarudi kwako kupitia ${f.text(p.hub)}; mnunuzi anarudishiwa pesa.${f.because('Sababu', p.reason)}`,
  ],
  'refund_request.requested': [
    'Ombi la kurudishiwa pesa',
    (p, f) => `Mnunuzi anaomba kurudishiwa ${f.money(p.amountMinor, p.currency)}. Tafadhali jibu kwa wakati.`,
  ],
  'refund_request.approved': [
    'Urejeshaji umekubaliwa',
    (p, f) => `${f.money(p.amountMinor, p.currency)} zinarudishwa kwako.`,
  ],
  'refund_request.denied': [
    'Urejeshaji umekataliwa',
    (p, f) => `Muuzaji alikataa kukurudishia ${f.money(p.amountMinor, p.currency)}.${f.because('Sababu', p.reason)}`,
  ],
  'dispute.opened': [
    'Mnunuzi anapinga',
    (p, f) => `Kuna mgogoro kuhusu ${f.money(p.amountMinor, p.currency)}. Tafadhali eleza upande wako kwa wakati.`,
  ],
  'dispute.responded': [
    'Muuzaji amejibu',
    (p, f) => `Muuzaji amejibu mgogoro wako kuhusu ${f.money(p.amountMinor, p.currency)}. Sasa tunaamua sisi.`,
  ],
  'dispute.withdrawn': [
    'Mgogoro umeondolewa',
    (p, f) => `Mnunuzi ameondoa mgogoro kuhusu ${f.money(p.amountMinor, p.currency)}.`,
  ],
  'dispute.resolved': [
    'Mgogoro umeamuliwa',
    (p, f) => `Mgogoro wako umeamuliwa: ${f.money(p.amountMinor, p.currency)} zinarudi kwa mnunuzi.`,
  ],
  'chargeback.opened': [
    'Malipo yamepingwa',
    (p, f) => `Benki ya mnunuzi inadai ${f.money(p.amountMinor, p.currency)}. Tafadhali tuma ushahidi kwa wakati.`,
  ],
  'chargeback.won': [
    'Malipo yamebaki',
    (p, f) => `Benki imeamua upande wako: malipo ya ${f.money(p.amountMinor, p.currency)} yamebaki.`,
  ],
  'chargeback.lost': [
    'Malipo yamechukuliwa',
    (p, f) => `Benki imeamua upande wa mnunuzi: ${f.money(p.amountMinor, p.currency)} zimechukuliwa.`,
  ],
  'payment.failed': [
    'Malipo yameshindikana',
    (p, f) => `Malipo ya ${f.money(p.amountMinor, p.currency)} yameshindikana.`,
  ],
  'payment.refunded': ['Pesa zimerudishwa', (p, f) => `Umerudishiwa ${f.money(p.amountMinor, p.currency)}.`],
  'wallet.topped_up': [
    'Pesa kwenye pochi',
    (p, f) => `${f.money(p.amountMinor, p.currency)} zimefika kwenye pochi yako.`,
  ],
  'wallet.refunded': [
    'Marejesho kwenye pochi',
    (p, f) => `${f.money(p.amountMinor, p.currency)} za marejesho ziko kwenye pochi yako.`,
  ],
  'wallet.credited': ['Salio kwako', (p, f) => `Umepewa salio la ${f.money(p.amountMinor, p.currency)}.`],
  'wallet.fee_returned': [
    'Ada imerudishwa',
    (p, f) => `Ada ya ${f.money(p.amountMinor, p.currency)} imerudi kwenye pochi yako.`,
  ],
  'payout.credited': [
    'Umelipwa',
    (p, f) => `${f.money(p.amountMinor, p.currency)} za mauzo yako ziko kwenye pochi yako.`,
  ],
  'payout.paid': ['Malipo yametumwa', (p, f) => `${f.money(p.amountMinor, p.currency)} zimetumwa kwenye akaunti yako.`],
  'payout.failed': [
    'Malipo hayakufika',
    (p, f) => `Malipo ya ${f.money(p.amountMinor, p.currency)} hayakufika; pesa ziko kwenye pochi yako.`,
  ],
  'listing.price_dropped': [
    'Bei imeshuka',
    (p, f) => `${f.text(p.title)}: ${f.money(p.priceMinor, p.currency)} badala ya ${f.money(p.wasMinor, p.currency)}.`,
  ],
  'listing.back_in_stock': ['Ipo tena', (p, f) => `${f.text(p.title)} inapatikana tena.`],
  'digest.summary': [
    (p, f) => f.plural(p.count, { one: 'Habari # mpya', other: 'Habari # mpya' }),
    (p, f) => f.exact(p.lines),
  ],
  'notice.generic': ['Kuna habari mpya', 'Fungua programu uone kilicho kipya.'],
};
