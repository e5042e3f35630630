import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { DeviceEntity } from '../entities.ts';
import { devicesOf } from '../devices.ts';
import { DeviceView, deviceView } from '../views.ts';

export const listDevices = defineQuery({
  name: 'devices.list',
  access: 'user',
  summary: 'Your devices that are pushed to, the newest first.',
  input: z.strictObject({}),
  output: z.object({ items: z.array(DeviceView) }),
  errors: [],
  async run({ actor: { userId, sessionId }, db, sql, now }) {
    const ids = (await devicesOf(sql, { userIds: [userId], now: await now() })).get(userId) ?? [];
    const devices = await db.find(DeviceEntity, { id: { $in: ids as never[] } }, { orderBy: { updatedAt: 'desc' } });
    return { items: devices.map((device) => deviceView(device, sessionId)) };
  },
});
