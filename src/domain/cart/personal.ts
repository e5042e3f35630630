import { sql } from 'kysely';
import { exportRowsMax, type PersonalData } from '../kernel/personal-data.ts';

export const cartPersonal: PersonalData = {
  async export({ sql: plain, userId }) {
    const { rows } = await sql`
      select listing_id as "listingId", title, quantity, seen_price_minor::text as "seenPriceMinor", currency,
             created_at as "createdAt"
      from cart_item where user_id = ${userId} order by created_at desc limit ${exportRowsMax}`.execute(plain);
    return { cartItems: rows };
  },
  async forget(tx, userId) {
    await sql`delete from cart_item where user_id = ${userId}`.execute(tx.sql);
    await sql`delete from cart where user_id = ${userId}`.execute(tx.sql);
  },
};
