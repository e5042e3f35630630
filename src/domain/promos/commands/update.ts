import { LockMode } from '@mikro-orm/core';
import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { bump } from '../../kernel/machine.ts';
import { PromoEntity, PromoId } from '../entities.ts';
import { promoFields } from '../rules.ts';
import { PromoView, promoView } from '../views.ts';

const locked = { lockMode: LockMode.PESSIMISTIC_WRITE } as const;

export const updatePromo = defineCommand({
  name: 'promos.update',
  access: 'admin',
  summary: 'Change the bounds of a promo that is not over; fields left out stay, null clears. Its discount stays.',
  input: z.strictObject({
    promoId: PromoId,
    minGoodsMinor: promoFields.minGoodsMinor.nullable().optional(),
    maxDiscountMinor: promoFields.maxDiscountMinor.nullable().optional(),
    startsAt: promoFields.startsAt.optional(),
    endsAt: promoFields.endsAt.nullable().optional(),
    usesMax: promoFields.usesMax.nullable().optional(),
    usesPerPersonMax: promoFields.usesPerPersonMax.optional(),
  }),
  output: PromoView,
  errors: ['promos.not_found', 'promos.over', 'promos.needs_currency', 'promos.wrong_period'],
  async run({ input: { promoId, startsAt, endsAt, ...bounds }, tx, fail }) {
    const promo = await tx.db.findOne(PromoEntity, { id: promoId }, locked);
    if (!promo) return fail('promos.not_found');
    const now = await tx.now();
    if (promo.endsAt && promo.endsAt <= now) fail('promos.over');
    if (!promo.currency && (bounds.minGoodsMinor ?? bounds.maxDiscountMinor)) fail('promos.needs_currency');
    Object.assign(promo, Object.fromEntries(Object.entries(bounds).filter(([, value]) => value !== undefined)));
    if (startsAt) promo.startsAt = new Date(startsAt);
    if (endsAt !== undefined) promo.endsAt = endsAt ? new Date(endsAt) : null;
    if (promo.endsAt && promo.endsAt < promo.startsAt) fail('promos.wrong_period');
    bump(promo, now);
    return promoView(promo);
  },
});

export const endPromo = defineCommand({
  name: 'promos.end',
  access: 'admin',
  summary: 'End a promo now. Purchases that have used it keep their discount; ending it again changes nothing.',
  input: z.strictObject({ promoId: PromoId }),
  output: PromoView,
  errors: ['promos.not_found'],
  async run({ input: { promoId }, tx, fail }) {
    const promo = await tx.db.findOne(PromoEntity, { id: promoId }, locked);
    if (!promo) return fail('promos.not_found');
    const now = await tx.now();
    if (promo.endsAt && promo.endsAt <= now) return promoView(promo);
    promo.endsAt = now;
    if (promo.startsAt > now) promo.startsAt = now;
    bump(promo, now);
    return promoView(promo);
  },
});
