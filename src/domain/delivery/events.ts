import { z } from 'zod';
import { defineEvent } from '../kernel/define.ts';
import { HubAssignmentView } from './views.ts';

const HubAssignmentChange = z.object({ kind: z.enum(['assigned', 'removed', 'hub_changed']) });
export type HubAssignmentChangeKind = z.infer<typeof HubAssignmentChange>['kind'];

/** To the person who works for the hub; marked as deleted once they do not. */
export const hubAssignmentChanged = defineEvent({
  type: 'assignment.changed',
  entity: 'hub_assignment',
  view: HubAssignmentView,
  change: HubAssignmentChange,
  notice({ view, change }) {
    if (!change || change.kind === 'hub_changed') return null;
    return {
      topic: 'account',
      template: `hub_assignment.${change.kind}`,
      params: { hub: view.hub.name },
      about: { entity: 'hub_assignment', id: view.id },
    };
  },
});
