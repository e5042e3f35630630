import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { DeviceEntity, DeviceId } from '../entities.ts';

export const removeDevice = defineCommand({
  name: 'devices.remove',
  access: 'user',
  summary: 'Stop pushing to one of your devices.',
  input: z.strictObject({ deviceId: DeviceId }),
  output: z.object({}),
  errors: ['devices.not_found'],
  async run({ input, actor, tx, fail }) {
    const removed = await tx.db.nativeDelete(DeviceEntity, { id: input.deviceId, userId: actor.userId });
    return removed === 0 ? fail('devices.not_found') : {};
  },
});
