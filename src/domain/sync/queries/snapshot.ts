import { z } from 'zod';
import { defineQuery, type EntityView, type SnapshotPart } from '../../kernel/define.ts';
import { assert } from '../../kernel/errors.ts';
import { inboxHead } from '../../kernel/inbox.ts';
import { limits } from '../../kernel/limits.ts';
import { decodeCursor, encodeCursor } from '../../kernel/pagination.ts';
import { snapshotSourcesPort, type SnapshotSources } from '../ports.ts';
import { AnyView, Seq } from '../views.ts';

/** Epoch and head of the first page, the entity that the page stopped in, and the last id it gave. */
const CursorKey = z.tuple([z.string(), Seq, z.string(), z.string()]);

export const snapshot = defineQuery({
  name: 'sync.snapshot',
  access: 'user',
  current: true,
  ratePerMinute: 60,
  consistent: true,
  summary: 'Everything your inbox tells of, as it is now. Apply all pages, then go on from `head`.',
  input: z.strictObject({ cursor: z.string().max(512).optional() }),
  output: z.object({
    epoch: z.string(),
    head: Seq,
    state: z.record(z.string(), z.array(AnyView)),
    more: z.boolean(),
    nextCursor: z.string().nullable(),
  }),
  errors: [],
  async run({ input, actor, db, sql, now, port, fail }) {
    const { epoch, head } = await inboxHead(sql, actor.userId);
    const cursor = decodeCursor(input.cursor, CursorKey);
    // Later pages keep the first page's head: what changed in between comes again as events, and versions sort it out.
    const [, firstHead, entity, afterId] = cursor?.[0] === epoch ? cursor : [epoch, head, null, ''];
    const sources = port(snapshotSourcesPort);
    const parts = [...sources.parts.values()];
    const start = entity === null ? 0 : parts.findIndex((part) => part.entity === entity);
    if (start === -1) fail('input.invalid', { issues: [{ path: 'cursor', message: 'not a cursor of this list' }] });
    const context = { db, sql, userId: actor.userId, now: await now(), port };
    const state: Record<string, z.infer<typeof AnyView>[]> = {};
    let room: number = limits.snapshotPageViews;
    for (const part of parts.slice(start)) {
      const views = viewsOf(sources, part, await part.load(context));
      const rest = part.entity === entity ? views.filter((view) => view.id > afterId) : views;
      const given = rest.slice(0, room);
      state[part.entity] = given;
      room -= given.length;
      if (given.length === rest.length) continue;
      const nextCursor = encodeCursor([epoch, firstHead, part.entity, given.at(-1)?.id ?? '']);
      return { epoch, head: firstHead, state, more: true, nextCursor };
    }
    return { epoch, head: firstHead, state, more: false, nextCursor: null };
  },
});

/** In the order of ids, and in the very shape that the entity's events push. */
function viewsOf({ events }: SnapshotSources, { entity }: SnapshotPart, views: EntityView[]) {
  const event = [...events.values()].find((candidate) => candidate.entity === entity);
  assert(event, `no event pushes ${entity}`);
  const parsed = views.map((view) => event.view.parse(view) as z.infer<typeof AnyView>);
  return parsed.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}
