import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { cutPage, decodeCursor, page, pageInput } from '../../kernel/pagination.ts';
import { ReportEntity, ReportId } from '../entities.ts';
import { ReportView, reportView } from '../views.ts';

export const myReports = defineQuery({
  name: 'reports.mine',
  access: 'user',
  summary: 'What you reported, the latest first.',
  input: z.strictObject(pageInput),
  output: page(ReportView),
  errors: [],
  async run({ input: { cursor, limit }, actor, db }) {
    const after = decodeCursor(cursor, z.tuple([ReportId]))?.[0];
    const reports = await db.find(
      ReportEntity,
      { reporterId: actor.userId, ...(after && { id: { $lt: after } }) },
      { orderBy: { id: 'desc' }, limit: limit + 1 },
    );
    return cutPage(reports, limit, { item: reportView, key: ({ id }) => [id] });
  },
});
