import type { SnapshotPart } from '../kernel/define.ts';
import { PreferenceEntity } from './entities.ts';
import { preferencesView } from './views.ts';

/** Nothing for who never changed anything: clients know the defaults from `preferences.get`. */
export const preferencesSnapshot: SnapshotPart = {
  entity: 'preferences',
  async load({ db, userId }) {
    const preference = await db.findOne(PreferenceEntity, { id: userId });
    return preference ? [preferencesView(userId, preference)] : [];
  },
};
