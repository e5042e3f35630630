import { definePort } from '../kernel/ports.ts';

export interface PreferenceSettings {
  /** Hosts of push services that a browser's subscription may name; see `isPushService`. */
  readonly pushServices: readonly string[];
  /** How mails are signed so that they can be turned off, and where that is done. */
  readonly unsubscribe: { readonly key: string; readonly url: string };
}

export const preferenceSettingsPort = definePort<PreferenceSettings>('preferences.settings');

export const preferenceLimits = {
  devicesMax: 20,
  pushTokenChars: 4_096,
  categoriesMax: 50,
  citiesMax: 20,
  subscribersMax: 1_000,
} as const;
