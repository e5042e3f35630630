import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { Point } from '../../kernel/geo.ts';
import { HttpsUrl } from '../../kernel/https-url.ts';
import { bump } from '../../kernel/machine.ts';
import { AccountEntity } from '../entities.ts';
import { userChanged } from '../events.ts';
import { OwnUserView, ownUserView } from '../views.ts';

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
  }),
  output: OwnUserView,
  errors: [],
  emits: [userChanged],
  async run({ input, actor, tx }) {
    const account = await tx.db.findOneOrFail(AccountEntity, { id: actor.userId });
    const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
    Object.assign(account, given);
    bump(account, await tx.now());
    const view = ownUserView(account);
    tx.emit(userChanged, account.id, { view });
    return view;
  },
});
