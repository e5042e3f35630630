import type { Db, Sql, Tx } from './define.ts';
import type { UserId } from './ids.ts';
import { definePort, type Port } from './ports.ts';

/** What an area keeps of a person: handed out to them on request, taken away with the account. */
export interface PersonalData {
  /** Lists of plain rows by name (`messages`, `devices`), each with at most `exportRowsMax` rows, the newest. */
  export(context: PersonalContext): Promise<Record<string, readonly unknown[]>>;
  /** What is still under way and keeps the account from being deleted, by name (`orders`); nothing when left out. */
  blockers?(tx: Tx, userId: UserId): Promise<readonly string[]>;
  /**
   * Runs in the transaction that ends the account. Deletes what concerns nobody else; what others still need, such as
   * an order or a message they received, stays without a name.
   */
  forget?(tx: Tx, userId: UserId): Promise<void>;
}

export interface PersonalContext {
  readonly db: Db;
  readonly sql: Sql;
  readonly userId: UserId;
  readonly now: Date;
  port<T>(port: Port<T>): T;
}

/** Rows of one list that an export has. */
export const exportRowsMax = 1_000;

/** Stands where the name of a person stood who is no longer here. */
export const formerName = 'Deleted account';

/** Of every area, in the order of the registry. */
export const personalDataPort = definePort<readonly PersonalData[]>('kernel.personal_data');
