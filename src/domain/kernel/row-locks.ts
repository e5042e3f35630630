import { LockMode, type EntitySchema, type InferEntity } from '@mikro-orm/core';
import type { Db, Tx } from './define.ts';

const locked = new WeakMap<Db, Map<string, object>>();

/**
 * Locks a row until the end of the transaction and reads it as it is now, whatever was seen of it before; null when
 * there is none. What this transaction has locked already nobody else can have changed: it is not asked for again.
 */
export async function lockRow<E extends EntitySchema>(tx: Tx, entity: E, id: string): Promise<InferEntity<E> | null> {
  const [known] = lockedAmong(tx, entity, [id]);
  if (known) return known;
  // Flushing first keeps what this transaction has changed, for the row is read anew.
  await tx.db.flush();
  const where = { id } as never;
  const lock = { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true } as const;
  const row = (await tx.db.findOne(entity, where, lock)) as InferEntity<E> | null;
  if (row) noteLocked(tx, entity, [row]);
  return row;
}

/** Of these rows, those that this transaction has locked. */
export function lockedAmong<E extends EntitySchema>(tx: Tx, entity: E, ids: readonly string[]): InferEntity<E>[] {
  const rows = locked.get(tx.db);
  return ids.flatMap((id) => (rows?.get(keyOf(entity, id)) as InferEntity<E> | undefined) ?? []);
}

/** Remembers rows that were locked by a statement of the caller's own. */
export function noteLocked<E extends EntitySchema>(tx: Tx, entity: E, rows: readonly InferEntity<E>[]): void {
  const known = locked.get(tx.db) ?? new Map<string, object>();
  locked.set(tx.db, known);
  for (const row of rows) known.set(keyOf(entity, (row as { id: string }).id), row);
}

function keyOf({ meta }: EntitySchema, id: string): string {
  return `${meta.className} ${id}`;
}
