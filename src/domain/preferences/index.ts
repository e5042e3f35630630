import { defineArea } from '../kernel/define.ts';
import { pruneDevices, pruneDevicesJob } from './commands/prune-devices.ts';
import { registerDevice } from './commands/register-device.ts';
import { removeDevice } from './commands/remove-device.ts';
import { unsubscribe } from './commands/unsubscribe.ts';
import { updatePreferences } from './commands/update-preferences.ts';
import { DeviceEntity, PreferenceEntity } from './entities.ts';
import { preferenceErrors } from './errors.ts';
import { preferencesChanged } from './events.ts';
import { preferencesPersonal } from './personal.ts';
import { getPreferences } from './queries/get-preferences.ts';
import { listDevices } from './queries/list-devices.ts';
import { preferencesSnapshot } from './snapshot.ts';

export { wants } from './choices.ts';
export { addressBook, devicesOf } from './devices.ts';
export { afterQuietHours, nextDigest } from './local-time.ts';
export { preferencesOf, type Preferred } from './own.ts';
export { preferenceSettingsPort } from './settings.ts';
export { subscribersOf } from './subscribers.ts';
export { unsubscribeUrl } from './unsubscribing.ts';

export const preferences = defineArea({
  name: 'preferences',
  operations: [registerDevice, removeDevice, listDevices, pruneDevices, getPreferences, updatePreferences, unsubscribe],
  errors: preferenceErrors,
  events: [preferencesChanged],
  jobs: [pruneDevicesJob],
  snapshots: [preferencesSnapshot],
  personal: preferencesPersonal,
  entities: [DeviceEntity, PreferenceEntity],
});
