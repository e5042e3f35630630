import { sql, type RawBuilder } from 'kysely';

/**
 * The condition on a row of `account` that nobody else sees its listings: the suspended, those who may not sell, and
 * those who are gone. They are few, and all in the index `account_listings_hidden`: ask with `exists`.
 */
export function isHiddenSeller(alias: string): RawBuilder<unknown> {
  const of = (column: string) => sql`${sql.ref(`${alias}.${column}`)} is not null`;
  return sql`(${of('suspended_at')} or ${of('selling_suspended_at')} or ${of('deleted_at')})`;
}
