import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { membershipPort } from '../ports.ts';
import { Cursor, Epoch, NumberedEvent, RoomName, Seq } from '../views.ts';

const roomEvents = { epoch: z.string(), head: Seq, events: z.array(NumberedEvent), recovered: z.boolean() };

export const joinRoom = defineQuery({
  name: 'rooms.join',
  access: 'guest',
  summary:
    'Enter a public room with this socket: its view, the events after your cursor or the latest, then live ones.',
  input: z.strictObject({ room: RoomName, after: Cursor.optional() }),
  output: z.object({ room: RoomName, ...roomEvents, snapshot: z.record(z.string(), z.unknown()) }),
  errors: ['rooms.socket_required', 'rooms.not_found', 'rooms.too_many'],
  async run({ input: { room, after }, meta, fail, ...context }) {
    const { db, actor, now, port } = context;
    if (!meta.connection) return fail('rooms.socket_required');
    const visitor = { db, actor, port, now: await now() };
    const joined = await port(membershipPort).join({ connection: meta.connection, room, after, visitor });
    if (typeof joined === 'string') return fail(joined);
    return { ...joined, events: [...joined.events] };
  },
});

export const leaveRoom = defineQuery({
  name: 'rooms.leave',
  access: 'guest',
  summary: 'Leave a public room with this socket.',
  input: z.strictObject({ room: RoomName }),
  output: z.object({}),
  errors: ['rooms.socket_required', 'rooms.not_found'],
  async run({ input: { room }, meta, port, fail }) {
    if (!meta.connection) return fail('rooms.socket_required');
    const known = await port(membershipPort).leave({ connection: meta.connection, room });
    return known ? {} : fail('rooms.not_found');
  },
});

export const roomHistory = defineQuery({
  name: 'rooms.history',
  access: 'guest',
  summary: 'What happened in a public room after a number. Not recovered: too long ago, read the room again.',
  input: z.strictObject({ room: RoomName, epoch: Epoch, after: Seq }),
  output: z.object(roomEvents),
  errors: ['rooms.not_found'],
  async run({ input: { room, epoch, after }, db, actor, now, port, fail }) {
    const visitor = { db, actor, port, now: await now() };
    const history = await port(membershipPort).history({ room, after: { epoch, seq: after }, visitor });
    return history ? { ...history, events: [...history.events] } : fail('rooms.not_found');
  },
});
