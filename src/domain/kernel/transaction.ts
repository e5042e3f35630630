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

/** Where transactions run. `isSnapshot`: several statements only read, and all see one state. */
export interface Store {
  readonly sql: Sql;
  readonly fork: () => Db;
  readonly isSnapshot?: boolean;
}

/**
 * Runs in one transaction of a pooled connection. An error rolls back and is thrown on. Not the entity manager's own
 * transactions, which keep their connection for ever when it is lost on the way.
 */
export async function inTransaction<T>(
  { sql, fork, isSnapshot = false }: Store,
  run: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  let failure: { readonly error: unknown } | null = null;
  const plain = sql.transaction();
  const begun = isSnapshot ? plain.setIsolationLevel('repeatable read').setAccessMode('read only') : plain;
  try {
    return await begun.execute(async (inside) => {
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
