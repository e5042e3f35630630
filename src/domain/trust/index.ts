import { defineArea } from '../kernel/define.ts';
import { addBlock } from './commands/add-block.ts';
import { matchContacts } from './commands/match-contacts.ts';
import { removeBlock } from './commands/remove-block.ts';
import { BlockEntity } from './entities.ts';
import { trustErrors } from './errors.ts';
import { blockChanged } from './events.ts';
import { trustPersonal } from './personal.ts';
import { listAudit } from './queries/list-audit.ts';
import { listBlocks } from './queries/list-blocks.ts';
import { blockSnapshot } from './snapshot.ts';

export { claimBlockChanges } from './block-changes.ts';
export { areBlocked, areBlockedNow, blockedAmong, isBlocked } from './blocked.ts';

export const trust = defineArea({
  name: 'trust',
  operations: [addBlock, removeBlock, listBlocks, listAudit, matchContacts],
  errors: trustErrors,
  events: [blockChanged],
  snapshots: [blockSnapshot],
  personal: trustPersonal,
  entities: [BlockEntity],
});
