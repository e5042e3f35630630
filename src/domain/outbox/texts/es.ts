import type { Texts } from '../wording.ts';

const minutes = { one: '# minuto', other: '# minutos' };
const pieces = { one: '# unidad', other: '# unidades' };
const stars = { one: '# estrella', other: '# estrellas' };
const days = { one: '# día', other: '# días' };

export const es: Texts = {
  'otp.code': [
    'Tu código',
    (p, f) => [
      `Tu código es ${f.exact(p.code)}.`,
      `Es válido durante ${f.plural(p.minutes, minutes)}. No se lo des a nadie.`,
    ],
    (p, f) => `${f.exact(p.code)} es tu código de Soko.`,
  ],
  'password.reset': [
    'Elige una contraseña nueva',
    (p, f) => [
      `Abre este enlace en ${f.plural(p.minutes, minutes)} para elegir una contraseña nueva:\n`,
      `${f.exact(p.link)}\n`,
      `Si no lo pediste, no hagas nada.`,
    ],
  ],
  'password.changed': [
    'Tu contraseña ha cambiado',
    (p, f) => `Tu contraseña se cambió el ${f.moment(p.at)}. Si no fuiste tú, restablécela ahora.`,
  ],
  'session.new': [
    'Nuevo inicio de sesión',
    (p, f) => [
      `Alguien entró en tu cuenta con ${f.text(p.device)} (${f.text(p.place)}) el ${f.moment(p.at)}.`,
      `Si no fuiste tú, cierra la sesión y cambia tu contraseña.`,
    ],
  ],
  'account.deleted': ['Tu cuenta se ha eliminado', (p, f) => `Tu cuenta se eliminó el ${f.moment(p.at)}.`],
  'sanction.suspend': [
    'Tu cuenta está suspendida',
    (p, f) =>
      `Tu cuenta está suspendida${p.until ? ` hasta el ${f.moment(p.until)}` : ''}.${f.because('Motivo', p.reason)}`,
  ],
  'merchant.invited': [
    (p, f) => `Únete a ${f.text(p.merchant)}`,
    (p, f) => [
      `${f.text(p.by)} te invita a trabajar para ${f.text(p.merchant)}.`,
      `Introduce este código en la aplicación antes de ${f.plural(p.days, days)}: ${f.exact(p.code)}`,
    ],
  ],
  'invitation.invited': [
    (p, f) => `Únete a ${f.text(p.merchant)}`,
    (p, f) => `${f.text(p.merchant)} te invita a su equipo. Abre la aplicación para responder.`,
  ],
  'application.approved': ['Ya eres comerciante', (p, f) => `${f.text(p.merchant)} está aprobado y puede vender.`],
  'application.rejected': [
    'Tu solicitud fue rechazada',
    (p, f) => `Tu solicitud como comerciante fue rechazada.${f.because('Motivo', p.reason)}`,
  ],
  'merchant.suspended': [
    'Tu tienda está suspendida',
    (p, f) => `Tus anuncios están ocultos; los pedidos abiertos siguen.${f.because('Motivo', p.reason)}`,
  ],
  'merchant.reinstated': ['Tu tienda vuelve a estar abierta', 'Tus anuncios se muestran de nuevo.'],
  'hub_assignment.assigned': ['Ahora trabajas en un centro', (p, f) => `Ya puedes actuar por ${f.text(p.hub)}.`],
  'hub_assignment.removed': ['Has dejado un centro', (p, f) => `Ya no trabajas en ${f.text(p.hub)}.`],
  'verification.approved': ['Estás verificado', 'Comprobamos tus documentos. Los demás ven que estás verificado.'],
  'verification.rejected': [
    'No aceptamos tus documentos',
    (p, f) => `No aceptamos tus documentos; puedes enviar otros.${f.because('Motivo', p.reason)}`,
  ],
  'verification.expiring': [
    'Tu verificación termina pronto',
    (p, f) => `Tu verificación termina el ${f.day(p.expiresOn)}. Envía antes documentos nuevos.`,
  ],
  'verification.expired': ['Tu verificación ha terminado', 'Envía documentos nuevos para verificarte otra vez.'],
  'report.resolved': ['Revisamos tu denuncia', 'Gracias. Revisamos tu denuncia e hicimos lo necesario.'],
  'sanction.warn': [
    'Una advertencia',
    (p, f) => `Has incumplido las normas del mercado.${f.because('Motivo', p.reason)}`,
  ],
  'listing.taken_down': [
    'Retiramos tu anuncio',
    (p, f) => `Retiramos «${f.text(p.title)}».${f.because('Motivo', p.reason)}`,
  ],
  'review.revealed': ['Nueva reseña', (p, f) => `Alguien te valoró con ${f.plural(p.rating, stars)}.`],
  'review.replied': ['Respuesta a tu reseña', 'Hay una respuesta a tu reseña.'],
  'account.invited': [
    'Tu cuenta',
    (p, f) => [
      `Se creó una cuenta para ti. Elige una contraseña antes de ${f.plural(p.days, days)}:\n`,
      f.exact(p.link),
    ],
  ],
  'address.replaced': [
    'Se cambió tu dirección',
    (p, f) => `Esta dirección se sustituyó en tu cuenta el ${f.moment(p.at)}. Si no fuiste tú, escríbenos.`,
  ],
  'telegram.linked': [
    'Se vinculó Telegram',
    (p, f) => [
      `El ${f.moment(p.at)} se vinculó una cuenta de Telegram a la tuya.`,
      'Si no fuiste tú, desvincúlala y cambia tu contraseña.',
    ],
  ],
  'telegram.unlinked': [
    'Se desvinculó Telegram',
    (p, f) => `El ${f.moment(p.at)} se desvinculó Telegram de tu cuenta. Si no fuiste tú, cambia tu contraseña.`,
  ],
  'merchant.removed': ['Has salido de un equipo', (p, f) => `Ya no estás en el equipo de ${f.text(p.merchant)}.`],
  'merchant.transferred': ['Cambio de propietario', (p, f) => `${f.text(p.merchant)} tiene otro propietario.`],
  'verification.revoked': [
    'Se retiró tu verificación',
    (p, f) => `Ya no apareces como verificado.${f.because('Motivo', p.reason)}`,
  ],
  'report.dismissed': ['Revisamos tu denuncia', 'Revisamos tu denuncia y no encontramos nada contra las normas.'],
  'sanction.remove': [
    'Retirado por un moderador',
    (p, f) => `Algo tuyo incumplía las normas y se retiró.${f.because('Motivo', p.reason)}`,
  ],
  'sanction.ended': ['Tu suspensión ha terminado', 'Puedes volver a usar tu cuenta.'],
  'listing.restored': ['Tu anuncio se muestra de nuevo', (p, f) => `«${f.text(p.title)}» se muestra de nuevo.`],
  'message.text': [(p, f) => f.text(p.subject), (p, f) => f.text(p.preview)],
  'message.image': [
    (p, f) => f.text(p.subject),
    (p, f) => f.plural(p.count, { one: 'Envió una foto', other: 'Envió # fotos' }),
  ],
  'offer.received': [
    'Nueva oferta',
    (p, f) => [`Alguien ofrece ${f.money(p.amountMinor, p.currency)} por unidad por ${f.plural(p.quantity, pieces)}.`],
  ],
  'offer.countered': ['Contraoferta', (p, f) => `El nuevo precio es ${f.money(p.amountMinor, p.currency)} por unidad.`],
  'offer.accepted': [
    'Oferta aceptada',
    (p, f) => `Se aceptó el precio de ${f.money(p.amountMinor, p.currency)} por unidad.`,
  ],
  'offer.declined': ['Oferta rechazada', (p, f) => `Se rechazó el precio de ${f.money(p.amountMinor, p.currency)}.`],
  'offer.expired': [
    'Oferta caducada',
    (p, f) => `Nadie respondió a tiempo al precio de ${f.money(p.amountMinor, p.currency)}.`,
  ],
  'order.placed': [
    'Has vendido algo',
    (p, f) => `${f.text(p.title)} por ${f.money(p.amountMinor, p.currency)} está pagado. Acepta el pedido, por favor.`,
  ],
  'order.accepted': ['Pedido aceptado', (p, f) => `El vendedor aceptó tu pedido: ${f.text(p.title)}.`],
  'order.rejected': [
    'Pedido rechazado',
    (p, f) => `El vendedor rechazó tu pedido: ${f.text(p.title)}.${f.because('Motivo', p.reason)}`,
  ],
  'order.ready_for_pickup': ['Listo para recoger', (p, f) => `${f.text(p.title)} te espera.`],
  'order.delivered': ['Entregado', (p, f) => `Te entregaron ${f.text(p.title)}. Confirma que lo tienes, por favor.`],
  'order.received': ['Recibido', (p, f) => `El comprador ha recibido ${f.text(p.title)}.`],
  'order.cancelled': [
    'Pedido cancelado',
    (p, f) => `Se canceló el pedido: ${f.text(p.title)}.${f.because('Motivo', p.reason)}`,
  ],
  'order.answer_due': [
    'Responde al pedido',
    (p, f) => `${f.text(p.title)} está pagado y te espera hasta el ${f.moment(p.until)}; después se cancela.`,
  ],
  'order.handling_due': [
    'Entrega el pedido',
    (p, f) => `${f.text(p.title)} debe salir antes del ${f.moment(p.until)}; si no, se cancela y se reembolsa.`,
  ],
  'order.pickup_due': [
    'Recoge tu pedido',
    (p, f) => `${f.text(p.title)} te espera hasta el ${f.moment(p.until)}; después se cancela y se reembolsa.`,
  ],
  'order.receipt_due': [
    '¿Está todo bien?',
    (p, f) =>
      `Avisa antes del ${f.moment(p.until)} si algo va mal con ${f.text(p.title)}; después se paga al vendedor.`,
  ],
  'order.expired': ['Pedido caducado', (p, f) => `El pedido no se pagó a tiempo: ${f.text(p.title)}.`],
  'order.paid_late': [
    'Pago fuera de plazo',
    (p, f) => `${f.text(p.title)} ya no está disponible; tu dinero va de vuelta.`,
  ],
  'order.refund_started': [
    'Reembolso en camino',
    (p, f) => `Te devolvemos ${f.money(p.amountMinor, p.currency)} por ${f.text(p.title)}.`,
  ],
  'shipment.at_hub': [
    'Tu paquete ha llegado',
    (p, f) => `Recoge tu paquete en ${f.text(p.hub)}. Lleva el código de entrega de la aplicación.`,
  ],
  'shipment.out_for_delivery': [
    'Tu paquete está en camino',
    (p, f) => `${f.text(p.courier)} trae tu paquete. Ten a mano el código de entrega de la aplicación.`,
  ],
  'shipment.failed': [
    'No se pudo entregar tu paquete',
    (p, f) => `No pudimos entregar tu paquete.${f.because('Motivo', p.reason)}`,
  ],
  'shipment.lost': [
    'Se ha perdido un paquete tuyo',
    (p, f) => `${f.text(p.hub)} no encuentra un paquete tuyo: se reembolsa al comprador. Escríbenos al respecto.`,
  ],
  'shipment.returning': [
    'Un paquete vuelve a ti',
    (p, f) => `Un paquete vuelve a ti por ${f.text(p.hub)}; se reembolsa al comprador.${f.because('Motivo', p.reason)}`,
  ],
  'refund_request.requested': [
    'Piden un reembolso',
    (p, f) => `El comprador pide que le devuelvas ${f.money(p.amountMinor, p.currency)}. Responde a tiempo, por favor.`,
  ],
  'refund_request.approved': [
    'Reembolso aprobado',
    (p, f) => `${f.money(p.amountMinor, p.currency)} ya van de vuelta a ti.`,
  ],
  'refund_request.denied': [
    'Reembolso rechazado',
    (p, f) => `El vendedor rechazó devolverte ${f.money(p.amountMinor, p.currency)}.${f.because('Motivo', p.reason)}`,
  ],
  'dispute.opened': [
    'El comprador reclama',
    (p, f) =>
      `Hay una disputa abierta por ${f.money(p.amountMinor, p.currency)}. Danos tu versión a tiempo, por favor.`,
  ],
  'dispute.responded': [
    'El vendedor respondió',
    (p, f) => `El vendedor respondió a tu disputa por ${f.money(p.amountMinor, p.currency)}. Ahora decidimos nosotros.`,
  ],
  'dispute.withdrawn': [
    'Disputa retirada',
    (p, f) => `El comprador retiró la disputa por ${f.money(p.amountMinor, p.currency)}.`,
  ],
  'dispute.resolved': [
    'Disputa resuelta',
    (p, f) => `Tu disputa está resuelta: se devuelven ${f.money(p.amountMinor, p.currency)} al comprador.`,
  ],
  'chargeback.opened': [
    'Pago impugnado',
    (p, f) =>
      `El banco del comprador reclama ${f.money(p.amountMinor, p.currency)}. Envía pruebas a tiempo, por favor.`,
  ],
  'chargeback.won': [
    'El pago se mantiene',
    (p, f) => `El banco te dio la razón: el pago de ${f.money(p.amountMinor, p.currency)} se mantiene.`,
  ],
  'chargeback.lost': [
    'Pago retirado',
    (p, f) => `El banco dio la razón al comprador: se retiraron ${f.money(p.amountMinor, p.currency)}.`,
  ],
  'payment.failed': ['El pago falló', (p, f) => `El pago de ${f.money(p.amountMinor, p.currency)} falló.`],
  'payment.refunded': ['Reembolsado', (p, f) => `Has recibido ${f.money(p.amountMinor, p.currency)} de vuelta.`],
  'wallet.topped_up': [
    'Dinero en tu monedero',
    (p, f) => `${f.money(p.amountMinor, p.currency)} ha llegado a tu monedero.`,
  ],
  'wallet.refunded': [
    'Reembolso en tu monedero',
    (p, f) => `${f.money(p.amountMinor, p.currency)} de un reembolso está en tu monedero.`,
  ],
  'wallet.credited': ['Un saldo para ti', (p, f) => `Has recibido un saldo de ${f.money(p.amountMinor, p.currency)}.`],
  'wallet.fee_returned': [
    'Tarifa devuelta',
    (p, f) => `La tarifa de ${f.money(p.amountMinor, p.currency)} está de nuevo en tu monedero.`,
  ],
  'payout.credited': [
    'Te hemos pagado',
    (p, f) => `${f.money(p.amountMinor, p.currency)} de tus ventas está en tu monedero.`,
  ],
  'payout.paid': ['Pago enviado', (p, f) => `Se han enviado ${f.money(p.amountMinor, p.currency)} a tu cuenta.`],
  'payout.failed': [
    'El pago falló',
    (p, f) => `El pago de ${f.money(p.amountMinor, p.currency)} no se pudo hacer; el dinero está en tu monedero.`,
  ],
  'listing.price_dropped': [
    'Bajada de precio',
    (p, f) => [
      `${f.text(p.title)}: ${f.money(p.priceMinor, p.currency)} en lugar de ${f.money(p.wasMinor, p.currency)}.`,
    ],
  ],
  'listing.back_in_stock': ['De nuevo disponible', (p, f) => `${f.text(p.title)} está disponible otra vez.`],
  'digest.summary': [
    (p, f) => f.plural(p.count, { one: '# novedad', other: '# novedades' }),
    (p, f) => f.exact(p.lines),
  ],
  'notice.generic': ['Hay novedades', 'Abre la aplicación para ver qué hay de nuevo.'],
};
