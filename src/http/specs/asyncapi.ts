import type { z } from 'zod';
import type { InboxEvent, RoomKind } from '../../domain/kernel/index.ts';
import { events, roomKinds, signals } from '../../domain/registry.ts';
import { controlFrames } from './control-frames.ts';
import { errorReply } from './openapi.ts';
import { protocolVersion } from './operations.ts';
import { createSchemaBook, type JsonSchema, type SchemaBook } from './schemas.ts';

interface Channel {
  readonly name: string;
  /** The Socket.IO event that carries it. */
  readonly event: string;
  readonly description: string;
  readonly messages: Record<string, JsonSchema>;
}

const timestamp = { type: 'string', format: 'date-time' };

/** What the socket carries as AsyncAPI 3. Each Socket.IO event is a channel; `send` and `receive` are the server's. */
export function asyncApi(): JsonSchema {
  const book = createSchemaBook('draft-7');
  const pushed = [
    inboxChannel(book),
    ...[...roomKinds.values()].map((kind) => roomChannel(kind, book)),
    signalChannel(book),
    ...controlChannels(),
  ];
  const channels = [commandChannel(), ...pushed];
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Soko',
      version: `${protocolVersion}.0.0`,
      license: { name: 'MIT' },
      description:
        'One authenticated Socket.IO v4 connection. Commands are sent with an acknowledgement and described in ' +
        '/openapi.json; this is what the server pushes.',
    },
    defaultContentType: 'application/json',
    servers: {
      socket: {
        host: '{host}',
        pathname: '/socket.io/',
        protocol: 'wss',
        description: 'Socket.IO v4, namespace /, WebSocket transport.',
        variables: { host: { default: 'localhost:3000' } },
      },
    },
    channels: Object.fromEntries(
      channels.map(({ name, event, description, messages }) => [name, { address: event, description, messages }]),
    ),
    operations: {
      command: {
        action: 'receive',
        channel: channelRef('command'),
        messages: [messageRef('command', 'call')],
        reply: { channel: channelRef('command'), messages: [messageRef('command', 'ack')] },
      },
      ...Object.fromEntries(
        pushed.map(({ name, description }) => [
          `push.${name}`,
          { action: 'send', channel: channelRef(name), summary: description },
        ]),
      ),
    },
    components: { schemas: { ErrorReply: errorReply, ...book.shared } },
  };
}

function commandChannel(): Channel {
  const ok = { type: 'object', required: ['ok', 'data'], properties: { ok: { const: true }, data: {} } };
  return {
    name: 'command',
    event: '{command}',
    description:
      'Named as the operation is, such as offers.accept. Inputs and answers are those of POST /v1/commands/<name>.',
    messages: {
      call: { summary: 'The input, with an optional idempotencyKey.', payload: { type: 'object' } },
      ack: { summary: 'The acknowledgement.', payload: { oneOf: [ok, { $ref: '#/components/schemas/ErrorReply' }] } },
    },
  };
}

function inboxChannel(book: SchemaBook): Channel {
  return {
    name: 'inbox',
    event: 'inbox',
    description: 'Durable events addressed to you, numbered without a gap. A frame may mix types.',
    messages: Object.fromEntries([...events.values()].map((event) => [event.type, inboxMessage(event, book)])),
  };
}

function inboxMessage(event: InboxEvent, book: SchemaBook): JsonSchema {
  const head = { entity: { const: event.entity } };
  const told = isUndefined(event.change) ? {} : { change: book.output(event.change) };
  const data = {
    allOf: [{ type: 'object', required: ['entity'], properties: { ...head, ...told } }, book.output(event.view)],
  };
  return {
    name: event.type,
    summary: `Your view of the ${event.entity}, in full.`,
    payload: frame({}, { type: event.type, data }),
  };
}

function roomChannel({ kind, summary, events: kinds }: RoomKind, book: SchemaBook): Channel {
  const room = { type: 'string', pattern: `^${kind}:` };
  const messages = kinds.map(({ type, data }) => [
    type,
    { name: type, payload: frame({ room }, { type, data: book.output(data) }) },
  ]);
  return {
    name: `room.${kind}`,
    event: 'room',
    messages: Object.fromEntries(messages),
    description: `${summary} Enter with rooms.join { room: "${kind}:<id>" }. Numbered, with a bounded history.`,
  };
}

/** A frame of numbered events; `room` leads where it is one of a room. */
function frame(lead: JsonSchema, { type, data }: { type: string; data: JsonSchema }): JsonSchema {
  const event = {
    type: 'object',
    required: ['seq', 'type', 'at', 'data'],
    properties: { seq: { type: 'integer', minimum: 1 }, type: { const: type }, at: timestamp, data },
  };
  return {
    type: 'object',
    required: [...Object.keys(lead), 'epoch', 'events'],
    properties: { ...lead, epoch: { type: 'string' }, events: { type: 'array', items: event } },
  };
}

function signalChannel(book: SchemaBook): Channel {
  const refused = { $ref: '#/components/schemas/ErrorReply/properties/error' };
  const declared = [...signals.values()].map(({ type, data }) => [type, signalMessage(type, book.output(data))]);
  return {
    name: 'signal',
    event: 'signal',
    messages: { ...Object.fromEntries(declared), 'frame.refused': signalMessage('frame.refused', refused) },
    description:
      'The latest value of something fleeting; may be dropped or merged. A bad frame that asked for no ' +
      'acknowledgement is answered by frame.refused.',
  };
}

function signalMessage(type: string, data: JsonSchema): JsonSchema {
  const properties = { type: { const: type }, room: { type: 'string' }, data };
  return { name: type, payload: { type: 'object', required: ['type', 'data'], properties } };
}

function controlChannels(): Channel[] {
  return controlFrames.map(({ event, summary, payload }) => ({
    name: event,
    event,
    description: summary,
    messages: { [event]: { name: event, payload } },
  }));
}

function isUndefined(schema: z.ZodType): boolean {
  return schema.safeParse(undefined).success && !schema.safeParse({}).success;
}

const channelRef = (name: string) => ({ $ref: `#/channels/${name}` });
const messageRef = (channel: string, message: string) => ({ $ref: `#/channels/${channel}/messages/${message}` });
