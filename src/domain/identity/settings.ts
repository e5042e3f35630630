import { hkdfSync } from 'node:crypto';
import { definePort } from '../kernel/ports.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

export const identityLimits = {
  codeTtlMs: 10 * minuteMs,
  codeTriesMax: 5,
  codeSendsMax: 3,
  codeSendsWindowMs: hourMs,
  /** Codes that one person has sent within the window, to whatever addresses: SMS to strangers cost money. */
  codeSendsPerPerson: 10,
  resetTtlMs: hourMs,
  resetsMax: 3,
  resetsWindowMs: hourMs,
  inviteTtlMs: 7 * dayMs,
  /** Wrong passwords for one identifier from one network, and from all networks that its owner was never seen in. */
  signInTriesPerNetwork: 5,
  signInWindowMs: 15 * minuteMs,
  signInTriesMax: 50,
  signInTriesWindowMs: hourMs,
  /** Wrong passwords of somebody who is signed in already. */
  proofTriesMax: 5,
  proofWindowMs: 15 * minuteMs,
  /** How long ago a person without password and proven address may have signed in to delete the account. */
  freshSessionMs: 5 * minuteMs,
  sessionsMax: 50,
  deadSessionsKeptMs: 30 * dayMs,
  originsKeptMs: 180 * dayMs,
  contactsPerCall: 1_000,
  contactsPerDay: 5_000,
  exportsMax: 2,
  exportsWindowMs: hourMs,
  dayMs,
} as const;

/** Each purpose has a key of its own, so that a hash of one says nothing in another. */
export interface IdentityKeys {
  readonly codes: Buffer;
  readonly attempts: Buffer;
  readonly contacts: Buffer;
}

export interface IdentitySettings {
  readonly keys: IdentityKeys;
  /** The page that takes a new password; the token follows as a fragment, which browsers send to no server. */
  readonly resetUrl: string;
}

export const identitySettingsPort = definePort<IdentitySettings>('identity.settings');

/** Derives the keys from one secret (HKDF, RFC 5869). */
export function deriveKeys(pepper: string): IdentityKeys {
  const derive = (purpose: string) => Buffer.from(hkdfSync('sha256', pepper, 'soko', `identity.${purpose}`, 32));
  return {
    codes: derive('codes'),
    attempts: derive('attempts'),
    contacts: derive('contacts'),
  };
}
