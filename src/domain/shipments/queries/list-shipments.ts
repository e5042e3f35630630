import { z } from 'zod';
import { HubId } from '../../delivery/index.ts';
import { defineQuery } from '../../kernel/define.ts';
import { cutPage, decodeCursor, page, pageInput } from '../../kernel/pagination.ts';
import { iso, Timestamp } from '../../kernel/timestamp.ts';
import { ShipmentEntity, ShipmentId } from '../entities.ts';
import { shipmentMachine } from '../machine.ts';
import { mayRead } from '../reading.ts';
import { HubShipmentView, hubShipmentView } from '../views.ts';

export const listShipments = defineQuery({
  name: 'shipments.list',
  access: 'hub',
  current: true,
  summary: 'The shipments of your hub, those that changed last first.',
  input: z.strictObject({ hubId: HubId, state: z.enum(shipmentMachine.states).optional(), ...pageInput }),
  output: page(HubShipmentView),
  errors: ['hubs.not_found'],
  async run({ input: { hubId, state, cursor, limit }, actor, db, fail }) {
    if (!(await mayRead(db, { userId: actor.userId, hubId }))) fail('hubs.not_found');
    const after = decodeCursor(cursor, z.tuple([Timestamp, ShipmentId]));
    const shipments = await db.find(
      ShipmentEntity,
      {
        hubId,
        ...(state && { state }),
        ...(after && {
          $or: [{ updatedAt: { $lt: new Date(after[0]) } }, { updatedAt: new Date(after[0]), id: { $lt: after[1] } }],
        }),
      },
      { orderBy: { updatedAt: 'desc', id: 'desc' }, limit: limit + 1 },
    );
    return cutPage(shipments, limit, { item: hubShipmentView, key: ({ updatedAt, id }) => [iso(updatedAt), id] });
  },
});
