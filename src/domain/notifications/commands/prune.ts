import { LockMode } from '@mikro-orm/core';
import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { limits } from '../../kernel/limits.ts';
import { NotificationEntity } from '../entities.ts';
import { notificationChanged } from '../events.ts';
import { notificationLimits } from '../settings.ts';
import { notificationView } from '../views.ts';

export const pruneNotifications = defineCommand({
  name: 'notifications.prune',
  access: 'system',
  summary: 'Delete notifications after 90 days; of those never read, the person’s devices are told.',
  input: z.strictObject({}),
  output: z.object({ swept: z.int() }),
  errors: [],
  emits: [notificationChanged],
  async run({ tx }) {
    const before = new Date((await tx.now()).getTime() - notificationLimits.keptMs);
    const rows = await tx.db.find(
      NotificationEntity,
      { updatedAt: { $lt: before } },
      { limit: limits.sweepBatch, lockMode: LockMode.PESSIMISTIC_PARTIAL_WRITE, orderBy: { updatedAt: 'asc' } },
    );
    for (const row of rows) {
      if (row.readAt) continue;
      const view = { ...notificationView(row), version: row.version + 1, deleted: true as const };
      tx.emit(notificationChanged, row.userId, { view });
    }
    await tx.db.nativeDelete(NotificationEntity, { id: { $in: rows.map(({ id }) => id) } });
    return { swept: rows.length };
  },
});
