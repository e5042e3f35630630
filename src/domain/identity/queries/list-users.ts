import { z } from 'zod';
import { roles } from '../../kernel/actor.ts';
import { defineQuery } from '../../kernel/define.ts';
import { UserId } from '../../kernel/ids.ts';
import { cutPage, decodeCursor, page, pageInput } from '../../kernel/pagination.ts';
import { AccountEntity } from '../entities.ts';
import { AdminUserView, adminUserView } from '../views.ts';

const states = ['active', 'suspended', 'deleted'] as const;

export const listUsers = defineQuery({
  name: 'users.list',
  access: 'admin',
  summary: 'People by role, state and text in their names or addresses, the newest first.',
  input: z.strictObject({
    role: z.enum(roles).optional(),
    state: z.enum(states).optional(),
    text: z.string().trim().min(1).max(100).optional(),
    ...pageInput,
  }),
  output: page(AdminUserView),
  errors: [],
  async run({ input: { role, state, text, cursor, limit }, db }) {
    const after = decodeCursor(cursor, z.tuple([UserId]));
    const accounts = await db.find(
      AccountEntity,
      {
        $and: [
          after ? { id: { $lt: after[0] } } : {},
          role ? { roles: { $contains: [role] } } : {},
          state ? inState[state] : {},
          text ? matching(text) : {},
        ],
      },
      // Ids are given in the order of time.
      { orderBy: { id: 'desc' }, limit: limit + 1 },
    );
    return cutPage(accounts, limit, { item: adminUserView, key: ({ id }) => [id] });
  },
});

const inState = {
  active: { suspendedAt: null, deletedAt: null },
  suspended: { suspendedAt: { $ne: null }, deletedAt: null },
  deleted: { deletedAt: { $ne: null } },
} as const;

function matching(text: string) {
  const like = { $ilike: `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%` };
  return { $or: [{ fullName: like }, { username: like }, { email: like }, { phone: like }] };
}
