import { sql } from 'kysely';
import { z } from 'zod';
import { defineCommand, defineSweep } from '../../kernel/define.ts';
import { limits } from '../../kernel/limits.ts';

export const pruneDevices = defineCommand({
  name: 'devices.prune',
  access: 'system',
  summary: 'Delete devices whose session has ended.',
  input: z.strictObject({}),
  output: z.object({ swept: z.int() }),
  errors: [],
  async run({ tx }) {
    const now = (await tx.now()).toISOString();
    const result = await sql`
      delete from device where id in (
        select device.id from device join session on session.id = device.session_id
        where session.revoked_at is not null or session.expires_at < ${now}::timestamptz
        limit ${limits.sweepBatch} for update of device skip locked)`.execute(tx.sql);
    return { swept: Number(result.numAffectedRows ?? 0) };
  },
});

export const pruneDevicesJob = defineSweep({
  name: 'devices.prune',
  everySeconds: 3_600,
  batch: limits.sweepBatch,
  command: pruneDevices,
  summary: pruneDevices.summary,
});
