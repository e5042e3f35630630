import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { z } from 'zod';
import { defineCommand, type Tx } from '../../kernel/define.ts';
import { newId, type UserId } from '../../kernel/ids.ts';
import { isPushService, readSubscription } from '../../outbox/index.ts';
import { DeviceEntity, platforms, type DeviceId } from '../entities.ts';
import { preferenceLimits, preferenceSettingsPort } from '../settings.ts';
import { DeviceView, deviceView } from '../views.ts';

/** What Firebase and Apple give out: no spaces, no quotes. */
const appToken = /^[\w:.%/+=~-]{16,}$/;

export const registerDevice = defineCommand({
  name: 'devices.register',
  access: 'user',
  ratePerMinute: 20,
  summary: 'Have this device pushed to while your session is open. A token belongs to whoever registered it last.',
  input: z.strictObject({
    platform: z.enum(platforms),
    pushToken: z
      .string()
      .min(1)
      .max(preferenceLimits.pushTokenChars)
      .describe('The FCM registration token; of a browser, its PushSubscription as JSON.'),
    appVersion: z.string().trim().min(1).max(50).optional(),
  }),
  output: DeviceView,
  errors: ['devices.bad_token'],
  async run({ input: { platform, pushToken, appVersion = null }, actor, tx, port, fail }) {
    const { pushServices } = port(preferenceSettingsPort);
    const subscription = platform === 'web' ? readSubscription(pushToken) : null;
    const isFit =
      platform === 'web'
        ? subscription !== null && isPushService(subscription.endpoint, pushServices)
        : appToken.test(pushToken);
    if (!isFit) return fail('devices.bad_token');
    // One subscription is one device, however its JSON is written.
    const stored = subscription ? JSON.stringify(subscription) : pushToken;
    const tokenHash = createHash('sha256')
      .update(subscription?.endpoint ?? pushToken)
      .digest('hex');
    const { userId, sessionId } = actor;
    await lockDevices(tx, userId);
    const now = (await tx.now()).toISOString();
    const { rows } = await sql<{ id: DeviceId }>`
      insert into device (id, user_id, session_id, platform, push_token, token_hash, app_version,
        created_at, updated_at)
      values (${newId()}, ${userId}, ${sessionId}, ${platform}, ${stored}, ${tokenHash}, ${appVersion},
        ${now}::timestamptz, ${now}::timestamptz)
      on conflict (token_hash) do update set user_id = excluded.user_id, session_id = excluded.session_id,
        platform = excluded.platform, push_token = excluded.push_token, app_version = excluded.app_version,
        updated_at = excluded.updated_at
      returning id`.execute(tx.sql);
    await dropOldest(tx, userId);
    const device = await tx.db.findOneOrFail(DeviceEntity, { id: rows[0]!.id });
    return deviceView(device, sessionId);
  },
});

/** Two devices of one person that register at once are counted one after the other. */
async function lockDevices(tx: Tx, userId: UserId): Promise<void> {
  await sql`select from account where id = ${userId} for no key update`.execute(tx.sql);
}

/** An app that is installed again leaves its old token behind: the one unused for longest makes room. */
async function dropOldest(tx: Tx, userId: UserId): Promise<void> {
  await sql`
    delete from device where user_id = ${userId} and id not in (
      select id from device where user_id = ${userId}
      order by updated_at desc, id desc limit ${preferenceLimits.devicesMax})`.execute(tx.sql);
}
