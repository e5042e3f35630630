import type { JsonSchema } from './schemas.ts';

interface ControlFrame {
  readonly event: 'ready' | 'session' | 'reconnect';
  readonly summary: string;
  readonly payload: JsonSchema;
}

const timestamp = { type: 'string', format: 'date-time' };

/** Frames about the connection itself, which no area declares. */
export const controlFrames: readonly ControlFrame[] = [
  {
    event: 'ready',
    summary: 'The first frame after connecting.',
    payload: {
      type: 'object',
      required: ['protocol', 'user', 'sessionId', 'serverNow', 'expiresAt', 'inbox', 'limits'],
      properties: {
        protocol: { const: 1 },
        user: {
          type: ['object', 'null'],
          description: 'Null for guests.',
          required: ['id', 'roles'],
          properties: { id: { type: 'string', format: 'uuid' }, roles: { type: 'array', items: { type: 'string' } } },
        },
        sessionId: { type: ['string', 'null'] },
        serverNow: timestamp,
        expiresAt: { anyOf: [timestamp, { type: 'null' }], description: 'When the token runs out.' },
        inbox: {
          type: ['object', 'null'],
          description: 'Null for guests.',
          required: ['epoch', 'head', 'recovered', 'snapshotRequired'],
          properties: {
            epoch: { type: 'string' },
            head: { type: 'integer' },
            recovered: { type: 'boolean', description: 'The frames that follow continue exactly at the cursor + 1.' },
            snapshotRequired: {
              type: 'boolean',
              description: 'The cursor is too old or of another epoch: call sync.snapshot.',
            },
          },
        },
        tokens: {
          type: 'object',
          description: 'Only after a handshake with `telegram`: of the session that it opened, for the next one.',
          required: ['accessToken', 'refreshToken', 'tokenType', 'expiresIn'],
          properties: {
            accessToken: { type: 'string' },
            refreshToken: { type: 'string' },
            tokenType: { const: 'Bearer' },
            expiresIn: { type: 'integer' },
          },
        },
        limits: { type: 'object', description: 'The bounds of the server.' },
      },
    },
  },
  {
    event: 'session',
    summary: 'The session is about to end or has ended.',
    payload: {
      type: 'object',
      required: ['type'],
      properties: { type: { enum: ['expiring', 'revoked'] }, at: timestamp, reason: { type: 'string' } },
    },
  },
  {
    event: 'reconnect',
    summary: 'The node drains: disconnect and come back after the delay.',
    payload: {
      type: 'object',
      required: ['afterMs', 'reason'],
      properties: { afterMs: { type: 'integer' }, reason: { type: 'string' } },
    },
  },
];
