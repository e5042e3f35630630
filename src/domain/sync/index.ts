import { defineArea } from '../kernel/define.ts';
import { prune, pruneJob } from './commands/prune.ts';
import { syncErrors } from './errors.ts';
import { delta } from './queries/delta.ts';
import { pull } from './queries/pull.ts';
import { joinRoom, leaveRoom, roomHistory } from './queries/rooms.ts';
import { snapshot } from './queries/snapshot.ts';
import { watchPresence } from './queries/watch-presence.ts';
import { inboxHeadSignal, presence } from './signals.ts';

export { membershipPort, snapshotSourcesPort } from './ports.ts';

export const sync = defineArea({
  name: 'sync',
  operations: [pull, snapshot, delta, joinRoom, leaveRoom, roomHistory, watchPresence, prune],
  errors: syncErrors,
  signals: [presence, inboxHeadSignal],
  jobs: [pruneJob],
  entities: [],
});
