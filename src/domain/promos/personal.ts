import { sql } from 'kysely';
import { exportRowsMax, type PersonalData } from '../kernel/personal-data.ts';

/** Uses stay when the account goes: they are counted, and name nobody but by id. */
export const promosPersonal: PersonalData = {
  async export({ sql: plain, userId }) {
    const { rows } = await sql`
      select p.code, u.group_id as "orderGroupId", u.discount_minor::text as "discountMinor", u.currency,
             u.created_at as "createdAt", u.returned_at as "returnedAt"
      from promo_use u join promo p on p.id = u.promo_id
      where u.user_id = ${userId} order by u.created_at desc limit ${exportRowsMax}`.execute(plain);
    return { promosUsed: rows };
  },
};
