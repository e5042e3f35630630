import { z } from 'zod';
import { clockPort } from '../../kernel/clock.ts';
import { defineQuery } from '../../kernel/define.ts';
import { exportRowsMax, personalDataPort } from '../../kernel/personal-data.ts';
import { iso, Timestamp } from '../../kernel/timestamp.ts';
import { spend } from '../quotas.ts';
import { identityLimits } from '../settings.ts';

const { exportsMax: limit, exportsWindowMs: windowMs } = identityLimits;

export const exportData = defineQuery({
  name: 'users.exportData',
  access: 'user',
  ratePerMinute: 10,
  current: true,
  summary: 'Everything kept of you, in lists by name. Twice an hour.',
  input: z.strictObject({}),
  output: z.object({
    exportedAt: Timestamp,
    data: z.record(z.string(), z.array(z.unknown())),
    cut: z.array(z.string()).describe(`Lists of which only the newest ${exportRowsMax} rows are here.`),
  }),
  errors: ['users.export_throttled'],
  async run({ actor, db, sql, port, now, fail }) {
    const refused = await spend(sql, port(clockPort), [{ key: `export:${actor.userId}`, limit, windowMs }]);
    if (refused) fail('users.export_throttled', refused);
    const at = await now();
    const data: Record<string, readonly unknown[]> = {};
    for (const area of port(personalDataPort)) {
      Object.assign(data, await area.export({ db, sql, userId: actor.userId, now: at, port }));
    }
    const lists = Object.entries(data).map(([name, rows]) => [name, rows.slice(0, exportRowsMax)] as const);
    const cut = lists.filter(([, rows]) => rows.length === exportRowsMax).map(([name]) => name);
    return { exportedAt: iso(at), data: Object.fromEntries(lists) as Record<string, unknown[]>, cut };
  },
});
