import { sql } from 'kysely';
import { exportRowsMax, type PersonalData } from '../kernel/personal-data.ts';

/** Pictures that others received stay with them; all else goes, its objects by the job that clears leftovers. */
export const mediaPersonal: PersonalData = {
  async export({ sql: plain, userId }) {
    const { rows } = await sql`
      select id, purpose, filename, content_type as "contentType", state, size_bytes::text as "sizeBytes",
             width, height,
             created_at as "createdAt"
      from upload where owner_id = ${userId} order by id desc limit ${exportRowsMax}`.execute(plain);
    return { uploads: rows };
  },
  async forget(tx, userId) {
    const at = (await tx.now()).toISOString();
    await sql`
      update upload set state = 'rejected', reason = 'account_deleted', deadline = null, cleaned_at = null,
        version = version + 1, updated_at = ${at}::timestamptz
      where owner_id = ${userId} and purpose not in ('chat', 'evidence')
        and state in ('pending', 'confirmed', 'ready')`.execute(tx.sql);
    await sql`update upload set filename = '' where owner_id = ${userId}`.execute(tx.sql);
  },
};
