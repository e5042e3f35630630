import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { UserId } from '../../kernel/ids.ts';
import { AccountEntity } from '../entities.ts';
import { OwnUserView, ownUserView, PublicUserView, publicUserView } from '../views.ts';

export const me = defineQuery({
  name: 'users.me',
  access: 'user',
  summary: 'Your own profile.',
  input: z.strictObject({}),
  output: OwnUserView,
  errors: [],
  async run({ actor, db }) {
    return ownUserView(await db.findOneOrFail(AccountEntity, { id: actor.userId }));
  },
});

export const getUser = defineQuery({
  name: 'users.get',
  access: 'guest',
  summary: "A person's public profile.",
  input: z.strictObject({ userId: UserId }),
  output: PublicUserView,
  errors: ['users.not_found'],
  async run({ input, db, fail }) {
    const account = await db.findOne(AccountEntity, { id: input.userId, suspendedAt: null, deletedAt: null });
    return account ? publicUserView(account) : fail('users.not_found');
  },
});
