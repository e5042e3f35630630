import { defineArea } from '../kernel/define.ts';
import { createPromo } from './commands/create.ts';
import { endPromo, updatePromo } from './commands/update.ts';
import { PromoEntity, PromoUseEntity } from './entities.ts';
import { promosErrors } from './errors.ts';
import { promosPersonal } from './personal.ts';
import { listPromos } from './queries/list.ts';

export { promoRefusals, quotePromo, type PromoQuote, type PromoRefusal } from './quoting.ts';
export { redeemPromo, restorePromo, returnPromos } from './redeeming.ts';
export { PromoCode } from './rules.ts';

export const promos = defineArea({
  name: 'promos',
  operations: [createPromo, updatePromo, endPromo, listPromos],
  errors: promosErrors,
  personal: promosPersonal,
  entities: [PromoEntity, PromoUseEntity],
});
