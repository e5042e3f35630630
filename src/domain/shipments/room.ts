import { HubId, staffsHub } from '../delivery/index.ts';
import type { RoomKind } from '../kernel/define.ts';
import { ShipmentEntity } from './entities.ts';
import { closingTold, shipmentTold } from './events.ts';
import { openStates } from './machine.ts';
import { shipmentRules } from './rules.ts';
import { hubShipmentView } from './views.ts';

/** A room, because staff comes and goes: leaving the hub is leaving the room, at once and on every node. */
export const hubRoom: RoomKind = {
  kind: 'hub',
  summary: 'The shipments of a hub, for its staff. Joining shows the open ones that changed last.',
  events: [shipmentTold, closingTold],
  async admits({ db, actor, id }) {
    const hubId = HubId.safeParse(id);
    if (!hubId.success || actor.kind !== 'user') return false;
    return staffsHub(db, { userId: actor.userId, hubId: hubId.data });
  },
  async view({ db, id }) {
    const shipments = await db.find(
      ShipmentEntity,
      { hubId: HubId.parse(id), state: { $in: [...openStates] } },
      { orderBy: { updatedAt: 'desc', id: 'desc' }, limit: shipmentRules.roomShipments },
    );
    return { hubId: id, shipments: shipments.map(hubShipmentView) };
  },
};
