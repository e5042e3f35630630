import type { Texts } from '../wording.ts';

const pieces = { one: 'قطعة واحدة', two: 'قطعتين', few: '# قطع', many: '# قطعة', other: '# قطعة' };
const stars = { one: 'نجمة واحدة', two: 'نجمتين', few: '# نجوم', many: '# نجمة', other: '# نجمة' };
const minutes = { one: 'دقيقة واحدة', two: 'دقيقتين', few: '# دقائق', many: '# دقيقة', other: '# دقيقة' };

const days = { one: 'يوم واحد', two: 'يومين', few: '# أيام', many: '# يومًا', other: '# يوم' };

export const ar: Texts = {
  'otp.code': [
    'رمزك',
    (p, f) => `رمزك هو ${f.exact(p.code)}. صالح لمدة ${f.plural(p.minutes, minutes)}. لا تعطه لأحد.`,
    (p, f) => `${f.exact(p.code)} هو رمزك في Soko.`,
  ],
  'password.reset': [
    'اختر كلمة مرور جديدة',
    (p, f) => [
      `افتح هذا الرابط خلال ${f.plural(p.minutes, minutes)} لاختيار كلمة مرور جديدة:\n`,
      `${f.exact(p.link)}\n`,
      `إذا لم تطلب ذلك فلا تفعل شيئًا.`,
    ],
  ],
  'password.changed': [
    'تم تغيير كلمة المرور',
    (p, f) => `تم تغيير كلمة مرورك في ${f.moment(p.at)}. إذا لم تكن أنت، فأعد تعيينها الآن.`,
  ],
  'session.new': [
    'تسجيل دخول جديد',
    (p, f) => [
      `سجّل أحدهم الدخول إلى حسابك من ${f.text(p.device)} (${f.text(p.place)}) في ${f.moment(p.at)}.`,
      `إذا لم تكن أنت، فأنهِ الجلسة وغيّر كلمة المرور.`,
    ],
  ],
  'account.deleted': ['تم حذف حسابك', (p, f) => `تم حذف حسابك في ${f.moment(p.at)}.`],
  'sanction.suspend': [
    'تم تعليق حسابك',
    (p, f) => `تم تعليق حسابك${p.until ? ` حتى ${f.moment(p.until)}` : ''}.${f.because('السبب', p.reason)}`,
  ],
  'merchant.invited': [
    (p, f) => `انضم إلى ${f.text(p.merchant)}`,
    (p, f) => [
      `يدعوك ${f.text(p.by)} للعمل مع ${f.text(p.merchant)}.`,
      `أدخل هذا الرمز في التطبيق خلال ${f.plural(p.days, days)}: ${f.exact(p.code)}`,
    ],
  ],
  'invitation.invited': [
    (p, f) => `انضم إلى ${f.text(p.merchant)}`,
    (p, f) => `يدعوك ${f.text(p.merchant)} إلى فريقه. افتح التطبيق للرد.`,
  ],
  'application.approved': ['أصبحت تاجرًا', (p, f) => `تمت الموافقة على ${f.text(p.merchant)} ويمكنه البيع.`],
  'application.rejected': ['رُفض طلبك', (p, f) => `رُفض طلبك كتاجر.${f.because('السبب', p.reason)}`],
  'merchant.suspended': [
    'تم تعليق متجرك',
    (p, f) => `إعلاناتك مخفية، والطلبات المفتوحة مستمرة.${f.because('السبب', p.reason)}`,
  ],
  'merchant.reinstated': ['متجرك مفتوح من جديد', 'إعلاناتك ظاهرة من جديد.'],
  'hub_assignment.assigned': ['أنت تعمل الآن في مركز', (p, f) => `يمكنك الآن العمل باسم ${f.text(p.hub)}.`],
  'hub_assignment.removed': ['غادرت مركزًا', (p, f) => `لم تعد تعمل في ${f.text(p.hub)}.`],
  'verification.approved': ['تم التحقق منك', 'تم فحص مستنداتك. يرى الآخرون أنه تم التحقق منك.'],
  'verification.rejected': [
    'لم تُقبل مستنداتك',
    (p, f) => `لم تُقبل مستنداتك، ويمكنك إرسال غيرها.${f.because('السبب', p.reason)}`,
  ],
  'verification.expiring': [
    'ينتهي التحقق قريبًا',
    (p, f) => `ينتهي التحقق في ${f.day(p.expiresOn)}. أرسل مستندات جديدة قبل ذلك.`,
  ],
  'verification.expired': ['انتهى التحقق', 'أرسل مستندات جديدة للتحقق منك مرة أخرى.'],
  'report.resolved': ['تمت مراجعة بلاغك', 'شكرًا لك. راجعنا بلاغك وفعلنا ما يلزم.'],
  'sanction.warn': ['تحذير', (p, f) => `لقد خالفت قواعد السوق.${f.because('السبب', p.reason)}`],
  'listing.taken_down': [
    'أُزيل إعلانك',
    (p, f) => [`أُزيل الإعلان «${f.text(p.title)}».`, f.because('السبب', p.reason).trim()],
  ],
  'review.revealed': ['تقييم جديد', (p, f) => [`حصلت على ${f.plural(p.rating, stars)}.`]],
  'review.replied': ['رد على تقييمك', 'هناك رد على تقييمك.'],
  'account.invited': [
    'حسابك',
    (p, f) => [`أُنشئ حساب لك. اختر كلمة مرور خلال ${f.plural(p.days, days)}:\n`, f.exact(p.link)],
  ],
  'address.replaced': [
    'استُبدل عنوانك',
    (p, f) => `استُبدل هذا العنوان في حسابك في ${f.moment(p.at)}. إذا لم تكن أنت، فراسلنا.`,
  ],
  'telegram.linked': [
    'تم ربط تيليجرام',
    (p, f) => `تم ربط حساب تيليجرام بحسابك في ${f.moment(p.at)}. إذا لم تكن أنت، فألغِ الربط وغيّر كلمة المرور.`,
  ],
  'telegram.unlinked': [
    'تم إلغاء ربط تيليجرام',
    (p, f) => `تم إلغاء ربط تيليجرام بحسابك في ${f.moment(p.at)}. إذا لم تكن أنت، فغيّر كلمة المرور.`,
  ],
  'merchant.removed': ['خرجت من الفريق', (p, f) => `لم تعد في فريق ${f.text(p.merchant)}.`],
  'merchant.transferred': ['مالك جديد', (p, f) => `صار لـ ${f.text(p.merchant)} مالك جديد.`],
  'verification.revoked': [
    'سُحب التحقق منك',
    (p, f) => ['لم تعد تظهر للآخرين كشخص موثّق.', f.because('السبب', p.reason).trim()],
  ],
  'report.dismissed': ['نظرنا في بلاغك', 'نظرنا في بلاغك ولم نجد ما يخالف القواعد.'],
  'sanction.remove': ['أزاله مشرف', (p, f) => `أُزيل شيء لك لأنه يخالف القواعد.${f.because('السبب', p.reason)}`],
  'sanction.ended': ['انتهى تعليق حسابك', 'يمكنك استخدام حسابك من جديد.'],
  'listing.restored': ['إعلانك ظاهر من جديد', (p, f) => `الإعلان «${f.text(p.title)}» ظاهر من جديد.`],
  'message.text': [(p, f) => f.text(p.subject), (p, f) => f.text(p.preview)],
  'message.image': [
    (p, f) => f.text(p.subject),
    (p, f) =>
      f.plural(p.count, {
        one: 'أرسل صورة',
        two: 'أرسل صورتين',
        few: 'أرسل # صور',
        many: 'أرسل # صورة',
        other: 'أرسل # صورة',
      }),
  ],
  'offer.received': [
    'عرض جديد',
    (p, f) => [`عرض أحدهم ${f.money(p.amountMinor, p.currency)} للقطعة مقابل ${f.plural(p.quantity, pieces)}.`],
  ],
  'offer.countered': ['عرض مقابل', (p, f) => `السعر الجديد ${f.money(p.amountMinor, p.currency)} للقطعة.`],
  'offer.accepted': ['قُبل العرض', (p, f) => `قُبل السعر ${f.money(p.amountMinor, p.currency)} للقطعة.`],
  'offer.declined': ['رُفض العرض', (p, f) => `رُفض السعر ${f.money(p.amountMinor, p.currency)}.`],
  'offer.expired': ['انتهى العرض', (p, f) => `لم يُجب أحد عن السعر ${f.money(p.amountMinor, p.currency)} في الوقت.`],
  'order.placed': [
    'لقد بعت شيئًا',
    (p, f) => `تم دفع ${f.money(p.amountMinor, p.currency)} مقابل ${f.text(p.title)}. يرجى قبول الطلب.`,
  ],
  'order.accepted': ['قُبل الطلب', (p, f) => `قبل البائع طلبك: ${f.text(p.title)}.`],
  'order.rejected': ['رُفض الطلب', (p, f) => `رفض البائع طلبك: ${f.text(p.title)}.${f.because('السبب', p.reason)}`],
  'order.ready_for_pickup': ['جاهز للاستلام', (p, f) => `${f.text(p.title)} في انتظارك.`],
  'order.delivered': ['تم التسليم', (p, f) => `تم تسليم ${f.text(p.title)}. يرجى تأكيد الاستلام.`],
  'order.received': ['تم الاستلام', (p, f) => `استلم المشتري ${f.text(p.title)}.`],
  'order.cancelled': ['أُلغي الطلب', (p, f) => `أُلغي الطلب: ${f.text(p.title)}.${f.because('السبب', p.reason)}`],
  'order.answer_due': [
    'يرجى الرد على الطلب',
    (p, f) => `${f.text(p.title)}: الطلب مدفوع وينتظر ردك حتى ${f.moment(p.until)}، وبعدها يُلغى.`,
  ],
  'order.handling_due': [
    'يرجى تسليم الطلب',
    (p, f) => `${f.text(p.title)}: يجب إرسال الطلب قبل ${f.moment(p.until)}، وإلا يُلغى ويُعاد المبلغ.`,
  ],
  'order.pickup_due': [
    'يرجى استلام طلبك',
    (p, f) => `${f.text(p.title)}: طلبك ينتظرك حتى ${f.moment(p.until)}، وبعدها يُلغى ويُعاد المبلغ.`,
  ],
  'order.receipt_due': [
    'هل كل شيء على ما يرام؟',
    (p, f) => `${f.text(p.title)}: أخبرنا قبل ${f.moment(p.until)} إن كانت هناك مشكلة، وبعدها يُدفع للبائع.`,
  ],
  'order.expired': ['انتهى الطلب', (p, f) => `لم يُدفع الطلب في الوقت: ${f.text(p.title)}.`],
  'order.paid_late': ['تأخر الدفع', (p, f) => `لم يعد ${f.text(p.title)} متاحًا، ومالك في طريق العودة.`],
  'order.refund_started': [
    'بدأ رد المبلغ',
    (p, f) => `${f.money(p.amountMinor, p.currency)} مقابل ${f.text(p.title)} في طريق العودة إليك.`,
  ],
  'shipment.at_hub': ['وصل طردك', (p, f) => `استلم طردك من ${f.text(p.hub)}، ومعك رمز التسليم من التطبيق.`],
  'shipment.out_for_delivery': [
    'طردك في الطريق',
    (p, f) => `سيحضر ${f.text(p.courier)} طردك. جهّز رمز التسليم من التطبيق.`,
  ],
  'shipment.failed': ['تعذر تسليم طردك', (p, f) => `لم نتمكن من تسليم طردك.${f.because('السبب', p.reason)}`],
  'shipment.lost': [
    'فُقد طرد لك',
    (p, f) => `لا يجد ${f.text(p.hub)} طردًا لك: يُعاد المال إلى المشتري. راسلنا بشأنه من فضلك.`,
  ],
  'shipment.returning': [
    'طرد يعود إليك',
    (p, f) => `يعود إليك طرد عبر ${f.text(p.hub)}، ويُعاد المال إلى المشتري.${f.because('السبب', p.reason)}`,
  ],
  'refund_request.requested': [
    'طلب استرداد',
    (p, f) => `يطلب المشتري استرداد ${f.money(p.amountMinor, p.currency)}. يرجى الرد في الوقت المحدد.`,
  ],
  'refund_request.approved': [
    'تمت الموافقة على الاسترداد',
    (p, f) => `${f.money(p.amountMinor, p.currency)} في طريقها إليك.`,
  ],
  'refund_request.denied': [
    'رُفض الاسترداد',
    (p, f) => `رفض البائع طلبك استرداد ${f.money(p.amountMinor, p.currency)}.${f.because('السبب', p.reason)}`,
  ],
  'dispute.opened': [
    'المشتري يعترض',
    (p, f) => `فُتح نزاع بشأن ${f.money(p.amountMinor, p.currency)}. يرجى توضيح موقفك في الوقت المحدد.`,
  ],
  'dispute.responded': [
    'رد البائع',
    (p, f) => `رد البائع على نزاعك بشأن ${f.money(p.amountMinor, p.currency)}. سنتخذ القرار الآن.`,
  ],
  'dispute.withdrawn': ['سُحب النزاع', (p, f) => `سحب المشتري النزاع بشأن ${f.money(p.amountMinor, p.currency)}.`],
  'dispute.resolved': ['حُسم النزاع', (p, f) => `حُسم نزاعك: يعود ${f.money(p.amountMinor, p.currency)} إلى المشتري.`],
  'chargeback.opened': [
    'اعتراض على الدفع',
    (p, f) => `يطالب بنك المشتري باسترداد ${f.money(p.amountMinor, p.currency)}. يرجى إرسال الأدلة في الوقت المحدد.`,
  ],
  'chargeback.won': [
    'الدفع قائم',
    (p, f) => `قرر البنك لصالحك: يبقى مبلغ ${f.money(p.amountMinor, p.currency)} مدفوعًا.`,
  ],
  'chargeback.lost': [
    'سُحب الدفع',
    (p, f) => `قرر البنك لصالح المشتري: سُحب مبلغ ${f.money(p.amountMinor, p.currency)}.`,
  ],
  'payment.failed': ['فشل الدفع', (p, f) => `فشل دفع ${f.money(p.amountMinor, p.currency)}.`],
  'payment.refunded': ['تم رد المبلغ', (p, f) => `استعدت ${f.money(p.amountMinor, p.currency)}.`],
  'wallet.topped_up': ['مال في محفظتك', (p, f) => `وصل ${f.money(p.amountMinor, p.currency)} إلى محفظتك.`],
  'wallet.refunded': [
    'مبلغ مسترد في محفظتك',
    (p, f) => `أُضيف ${f.money(p.amountMinor, p.currency)} من مبلغ مسترد إلى محفظتك.`,
  ],
  'wallet.credited': ['رصيد لك', (p, f) => `مُنحت رصيدًا قدره ${f.money(p.amountMinor, p.currency)}.`],
  'wallet.fee_returned': [
    'أُعيدت الرسوم',
    (p, f) => `أُعيدت رسوم قدرها ${f.money(p.amountMinor, p.currency)} إلى محفظتك.`,
  ],
  'payout.credited': [
    'استلمت أموال مبيعاتك',
    (p, f) => `أُضيف ${f.money(p.amountMinor, p.currency)} من مبيعاتك إلى محفظتك.`,
  ],
  'payout.paid': ['تم التحويل', (p, f) => `أُرسل ${f.money(p.amountMinor, p.currency)} إلى حسابك.`],
  'payout.failed': ['فشل التحويل', (p, f) => `لم يتم تحويل ${f.money(p.amountMinor, p.currency)}، والمال في محفظتك.`],
  'listing.price_dropped': [
    'انخفض السعر',
    (p, f) => `${f.text(p.title)}: ${f.money(p.priceMinor, p.currency)} بدلًا من ${f.money(p.wasMinor, p.currency)}.`,
  ],
  'listing.back_in_stock': ['متوفر من جديد', (p, f) => `${f.text(p.title)} متوفر مرة أخرى.`],
  'digest.summary': [
    (p, f) => f.plural(p.count, { one: 'خبر واحد', two: 'خبران', few: '# أخبار', many: '# خبرًا', other: '# خبر' }),
    (p, f) => f.exact(p.lines),
  ],
  'notice.generic': ['هناك جديد', 'افتح التطبيق لترى الجديد.'],
};
