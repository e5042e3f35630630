import { z } from 'zod';
import { conversationPartners } from '../../chat/index.ts';
import { defineQuery } from '../../kernel/define.ts';
import { UserId } from '../../kernel/ids.ts';
import { limits } from '../../kernel/limits.ts';
import { tradingPartners } from '../../orders/index.ts';
import { blockedAmong } from '../../trust/index.ts';
import { membershipPort } from '../ports.ts';
import { PresenceView } from '../signals.ts';

export const watchPresence = defineQuery({
  name: 'presence.watch',
  access: 'user',
  current: true,
  summary:
    'Hear when these people come and go, instead of those before. ' +
    'People you neither talk nor trade with are left out, and those with a block between you.',
  input: z.strictObject({ userIds: z.array(UserId).max(limits.presenceWatchMax) }),
  output: z.object({ items: z.array(PresenceView) }),
  errors: ['rooms.socket_required'],
  async run({ input, actor, sql, meta, port, fail }) {
    if (!meta.connection) return fail('rooms.socket_required');
    const talking = await conversationPartners(sql, actor.userId, input.userIds);
    const known = talking.union(await tradingPartners(sql, actor.userId, input.userIds));
    const allowed = async () => [...known.difference(await blockedAmong(sql, actor.userId, input.userIds))];
    const membership = port(membershipPort);
    const watched = await allowed();
    const items = await membership.watch(meta.connection, watched);
    // A block in between found nobody watching.
    const stays = await allowed();
    return { items: stays.length === watched.length ? items : await membership.watch(meta.connection, stays) };
  },
});
