import { z } from 'zod';
import { defineEvent } from '../kernel/define.ts';
import { ReportView, SanctionView } from './views.ts';

/** To the person who reported. */
export const reportChanged = defineEvent({
  type: 'report.changed',
  entity: 'report',
  view: ReportView,
  change: z.undefined(),
  notice({ view }) {
    if (view.state !== 'resolved' && view.state !== 'dismissed') return null;
    const about = { entity: 'report', id: view.id };
    return { topic: 'account', template: `report.${view.state}`, params: { subject: view.subject.kind }, about };
  },
});

/** To the person concerned. */
export const sanctionChanged = defineEvent({
  type: 'sanction.changed',
  entity: 'sanction',
  view: SanctionView,
  change: z.undefined(),
  notice({ view }) {
    const what = view.endedAt ? 'ended' : view.action;
    // The team of a shop, with its owner, is told by the shop.
    if (view.subject.kind === 'merchant' && view.action === 'suspend') return null;
    const params = { subject: view.subject.kind, reason: view.reason, until: view.until ?? '' };
    return { topic: 'account', template: `sanction.${what}`, params, about: { entity: 'sanction', id: view.id } };
  },
});
