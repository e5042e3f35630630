import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { pullInbox, type StoredInboxEvent } from '../../kernel/inbox.ts';
import { limits } from '../../kernel/limits.ts';
import { AnyView, Epoch, Seq } from '../views.ts';

const Changes = z.record(
  z.string(),
  z.object({ upserts: z.array(AnyView), deletes: z.array(z.object({ id: z.string(), version: z.int() })) }),
);

export const delta = defineQuery({
  name: 'sync.delta',
  access: 'user',
  current: true,
  summary: 'What changed after a number of your inbox: the latest view of each entity. Go on from `seq` while `more`.',
  input: z.strictObject({ epoch: Epoch, after: Seq }),
  output: z.object({
    epoch: z.string(),
    head: Seq,
    seq: Seq,
    changes: Changes,
    more: z.boolean(),
    snapshotRequired: z.boolean(),
  }),
  errors: [],
  async run({ input, actor, sql }) {
    const pulled = await pullInbox(sql, actor.userId, { ...input, limit: limits.deltaEventsMax });
    const { events, epoch, head, more, snapshotRequired } = pulled;
    return { epoch, head, seq: events.at(-1)?.seq ?? head, changes: compact(events), more, snapshotRequired };
  },
});

interface StoredView {
  readonly entity: string;
  readonly id: string;
  readonly version: number;
  readonly deleted?: true;
  readonly change?: unknown;
}

function compact(events: readonly StoredInboxEvent[]): z.input<typeof Changes> {
  const latest = new Map<string, StoredView>();
  for (const event of events) {
    const view = event.data as StoredView;
    const known = latest.get(`${view.entity} ${view.id}`);
    if (!known || known.version <= view.version) latest.set(`${view.entity} ${view.id}`, view);
  }
  const changes: z.output<typeof Changes> = {};
  for (const { entity, change: _, ...view } of latest.values()) {
    const { upserts, deletes } = (changes[entity] ??= { upserts: [], deletes: [] });
    if (view.deleted) deletes.push({ id: view.id, version: view.version });
    else upserts.push(view);
  }
  return changes;
}
