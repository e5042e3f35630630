import { LockMode } from '@mikro-orm/core';
import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { Point } from '../../kernel/geo.ts';
import { HttpsUrl } from '../../kernel/https-url.ts';
import { locales } from '../../outbox/index.ts';
import { settleContactKey } from '../contact-key.ts';
import { AccountEntity } from '../entities.ts';
import { userChanged } from '../events.ts';
import { identitySettingsPort } from '../settings.ts';
import { tellAccount } from '../tell-account.ts';
import { OwnUserView } from '../views.ts';

export const updateUser = defineCommand({
  name: 'users.update',
  access: 'user',
  ratePerMinute: 30,
  summary: 'Change your profile; fields left out stay, null clears.',
  input: z.strictObject({
    fullName: z.string().trim().min(1).max(100).optional(),
    bio: z.string().max(1_000).nullable().optional(),
    avatarUrl: HttpsUrl.nullable().optional(),
    campus: z.string().trim().max(100).nullable().optional(),
    location: Point.nullable().optional(),
    neighborhood: z.string().trim().max(100).nullable().optional(),
    buildingName: z.string().trim().max(100).nullable().optional(),
    locale: z.enum(locales).optional(),
    discoverable: z.boolean().optional().describe('Whether people who have your e-mail address may find you by it.'),
  }),
  output: OwnUserView,
  errors: [],
  emits: [userChanged],
  async run({ input, actor, tx }) {
    const lock = { lockMode: LockMode.PESSIMISTIC_WRITE };
    const account = await tx.db.findOneOrFail(AccountEntity, { id: actor.userId }, lock);
    const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
    Object.assign(account, given);
    settleContactKey(account, tx.port(identitySettingsPort).keys);
    return tellAccount(tx, account);
  },
});
