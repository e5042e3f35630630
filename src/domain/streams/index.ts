import { defineArea } from '../kernel/define.ts';
import { ban } from './commands/ban.ts';
import { end } from './commands/end.ts';
import { goLive } from './commands/go-live.ts';
import { measure } from './commands/measure.ts';
import { mute } from './commands/mute.ts';
import { pin } from './commands/pin.ts';
import { react } from './commands/react.ts';
import { recordView } from './commands/record-view.ts';
import { rotateKey } from './commands/rotate-key.ts';
import { say } from './commands/say.ts';
import { schedule } from './commands/schedule.ts';
import { setSlowMode } from './commands/set-slow-mode.ts';
import { sweep } from './commands/sweep.ts';
import { unpin } from './commands/unpin.ts';
import { StreamEntity, StreamMemberEntity, StreamPinEntity } from './entities.ts';
import { streamErrors } from './errors.ts';
import { streamChanged, streamReactions, streamViewers } from './events.ts';
import { measureStreams, sweepStreams } from './jobs.ts';
import { streamMachine } from './machine.ts';
import { streamsPersonal } from './personal.ts';
import { getStream } from './queries/get-stream.ts';
import { listStreams } from './queries/list-streams.ts';
import { streamRoom } from './room.ts';
import { streamSnapshot } from './snapshot.ts';

export { endStreamById, readStream } from './end-stream.ts';
export { streamChanged, streamUpdated } from './events.ts';
export { streamSettingsPort, type StreamSettings } from './settings.ts';

export const streams = defineArea({
  name: 'streams',
  operations: [
    schedule,
    goLive,
    end,
    rotateKey,
    getStream,
    listStreams,
    say,
    react,
    pin,
    unpin,
    setSlowMode,
    mute,
    ban,
    recordView,
    measure,
    sweep,
  ],
  errors: streamErrors,
  events: [streamChanged],
  signals: [streamViewers, streamReactions],
  rooms: [streamRoom],
  machines: [streamMachine],
  jobs: [measureStreams, sweepStreams],
  snapshots: [streamSnapshot],
  personal: streamsPersonal,
  entities: [StreamEntity, StreamPinEntity, StreamMemberEntity],
});
