import { sql } from 'kysely';
import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { HttpsUrl } from '../../kernel/https-url.ts';
import { DestinationView, destinationView } from '../destination-view.ts';
import { DestinationEntity } from '../entities.ts';
import { payoutSettingsPort } from '../settings.ts';

export const onboard = defineCommand({
  name: 'payouts.onboard',
  access: 'user',
  ratePerMinute: 10,
  summary: 'Open an account for payouts with the provider, or go on with it: `url` is where the provider asks.',
  input: z.strictObject({ returnUrl: HttpsUrl.optional() }),
  output: z.object({ destination: DestinationView, url: z.string() }),
  errors: ['payouts.unavailable'],
  async prepare({ input, actor: { userId }, db, port, fail }) {
    const { onboarding } = port(payoutSettingsPort);
    if (!onboarding) return fail('payouts.unavailable');
    const known = await db.findOne(DestinationEntity, { userId });
    const account = known?.provider === onboarding.provider ? known.account : null;
    const opened = await onboarding.open({ userId, account, returnUrl: input.returnUrl ?? null });
    return { ...opened, provider: onboarding.provider };
  },
  async run({ actor: { userId }, prepared: { provider, account, ready, url }, tx }) {
    const now = (await tx.now()).toISOString();
    await sql`
      insert into payout_destination (user_id, provider, account, ready, created_at, updated_at)
      values (${userId}, ${provider}, ${account}, ${ready}, ${now}::timestamptz, ${now}::timestamptz)
      on conflict (user_id) do update set provider = excluded.provider, account = excluded.account,
        ready = excluded.ready, updated_at = excluded.updated_at`.execute(tx.sql);
    const destination = await tx.db.findOneOrFail(DestinationEntity, { userId }, { refresh: true });
    return { destination: destinationView(destination), url };
  },
});
