import { defineArea } from '../kernel/define.ts';
import { EscrowEntity, EscrowPartEntity } from './entities.ts';
import { escrowErrors } from './errors.ts';
import { escrowMachine } from './machine.ts';

export {
  chargeableOf,
  closeChargeback,
  openChargeback,
  returnFromChargeback,
  takeForChargeback,
  type Charged,
} from './charging.ts';
export { EscrowEntity, type Escrow, type EscrowPart } from './entities.ts';
export { fundCash, fundEscrow, markRemitted, type EscrowOrder, type Funding } from './funding.ts';
export { claimPayoutsDue, releaseReserves } from './paying-out.ts';
export { freezeEscrow, releaseEscrow, thawEscrow, type Release } from './releasing.ts';
export { refundableOf, takeForRefund, type ReturnedPart } from './returning.ts';
export { lockEscrow } from './rows.ts';
export { escrowSettingsPort } from './settings.ts';

export const escrow = defineArea({
  name: 'escrow',
  operations: [],
  errors: escrowErrors,
  machines: [escrowMachine],
  entities: [EscrowEntity, EscrowPartEntity],
});
