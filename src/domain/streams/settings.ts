import { randomBytes } from 'node:crypto';
import { definePort } from '../kernel/ports.ts';

/** Where broadcasts go in and come out. Both without a trailing slash. */
export interface StreamSettings {
  /** Such as `rtmp://media.example/live`; broadcasting software adds the key. */
  readonly ingestUrl: string;
  /** Such as `https://media.example/hls`; a stream plays from `<hlsUrl>/<streamId>/index.m3u8`. */
  readonly hlsUrl: string;
}

export const streamSettingsPort = definePort<StreamSettings>('streams.settings');

/** 192 random bits; shown to the host only. */
export function newStreamKey(): string {
  return randomBytes(24).toString('base64url');
}

/** Bounds of streams; the times are enforced by commands as well as by the sweep. */
export const streamLimits = {
  titleChars: 120,
  descriptionChars: 2_000,
  messageChars: 500,
  /** Streams of one host that are not over. */
  openPerHostMax: 50,
  pinsMax: 20,
  slowModeSecondsMax: 300,
  /** An interrupted stream that is not resumed within this time is over. */
  interruptedMs: 60_000,
  /** Nobody broadcasts longer; a host who left without ending must not stay live for ever. */
  liveMs: 12 * 3_600_000,
  /** Taps of one person that may be told at once. */
  reactionsMax: 50,
} as const;
