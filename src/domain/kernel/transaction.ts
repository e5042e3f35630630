import type { Db, Sql } from './define.ts';

/** Marks a transaction's last statement, as a comment at its end: a client that knows it sends COMMIT along. */
export const lastStatement = '/* last */';

/** Where statements run: one transaction, or the pool. */
export interface Session {
  readonly sql: Sql;
  readonly db: Db;
}

/** One transaction. The entity manager joins it when first asked for: what never asks does not pay for it. */
export interface Transaction extends Session {
  /** Writes what changed in entities, where there are any. */
  flush(): Promise<void>;
}

/** Runs in one transaction of a pooled connection. An error rolls back and is thrown on. */
export async function inTransaction<T>(
  { sql, fork }: { sql: Sql; fork: () => Db },
  run: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  let failure: { readonly error: unknown } | null = null;
  try {
    return await sql.transaction().execute(async (inside) => {
      let db: Db | undefined;
      const join = () => {
        const joined = fork();
        joined.setTransactionContext(inside);
        return joined;
      };
      const transaction = {
        sql: inside,
        get db() {
          return (db ??= join());
        },
        flush: async () => db?.flush(),
      };
      return run(transaction).catch((error: unknown) => {
        failure = { error };
        throw error;
      });
    });
  } catch (error) {
    // A rollback that fails, on a lost connection, must not hide why there was one.
    throw (failure as { readonly error: unknown } | null)?.error ?? error;
  }
}
