import type { PersonalData } from '../kernel/personal-data.ts';
import { DeviceEntity, PreferenceEntity } from './entities.ts';
import { deviceView, preferencesView } from './views.ts';

export const preferencesPersonal: PersonalData = {
  async export({ db, userId }) {
    const devices = await db.find(DeviceEntity, { userId });
    const preference = await db.findOne(PreferenceEntity, { id: userId });
    return {
      devices: devices.map((device) => deviceView(device, '')),
      preferences: preference ? [preferencesView(userId, preference)] : [],
    };
  },
  async forget({ db }, userId) {
    await db.nativeDelete(DeviceEntity, { userId });
    await db.nativeDelete(PreferenceEntity, { id: userId });
  },
};
