import { audiencePort, type Ports } from '../../src/domain/kernel/index.ts';
import { streamSettingsPort } from '../../src/domain/streams/index.ts';

/** Binds every port of the domain for tests: real code on temporary folders, fakes only for outside parties. */
export function bindTestPorts(ports: Ports): void {
  ports.bind(streamSettingsPort, { ingestUrl: 'rtmp://media.test/live', hlsUrl: 'https://media.test/hls' });
  ports.bind(audiencePort, { count: async (rooms) => rooms.map(() => 0) });
}
