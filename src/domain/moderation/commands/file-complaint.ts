import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { readOrder } from '../../orders/index.ts';
import { reportChanged } from '../events.ts';
import { fileReport } from '../filing.ts';
import { complaintReasons, reportFields } from '../rules.ts';
import { ReportView, reportView } from '../views.ts';

export const fileComplaint = defineCommand({
  name: 'complaints.file',
  access: 'user',
  ratePerMinute: 10,
  summary: 'As the seller of an order, tell moderators of its buyer. Nobody else reads it.',
  input: z.strictObject({ orderId: z.uuid(), reason: z.enum(complaintReasons), ...reportFields }),
  output: ReportView,
  errors: ['complaints.order_not_found', 'uploads.not_found', 'uploads.not_confirmed', 'reports.already_open'],
  emits: [reportChanged],
  async run({ input: { orderId, ...given }, actor, tx, fail }) {
    const order = await readOrder(tx.db, { orderId, userId: actor.userId });
    if (order?.side !== 'seller') return fail('complaints.order_not_found');
    const { buyerId, state } = order;
    const about = { subjectKind: 'user', subjectId: buyerId, subjectUserId: buyerId } as const;
    const filed = await fileReport(tx, actor.userId, {
      kind: 'complaint',
      ...given,
      ...about,
      snapshot: { orderId, state },
    });
    return typeof filed === 'string' ? fail(filed) : reportView(filed);
  },
});
