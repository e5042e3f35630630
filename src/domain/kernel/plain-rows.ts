import type { EntityMetadata, EntityProperty, EntitySchema, InferEntity } from '@mikro-orm/core';
import { sql, type RawBuilder } from 'kysely';
import type { Db } from './define.ts';

type Row = Readonly<Record<string, unknown>>;
type Convert = (value: unknown) => unknown;

/** How an entity's columns are read: their list, and what makes a property of each. */
interface Reading {
  readonly columns: RawBuilder<unknown>;
  readonly properties: readonly { readonly name: string; readonly column: string; readonly convert: Convert }[];
}

/** Whole rows that a statement changed, named by what it is called among the `first` ones. */
interface Returned {
  readonly first: RawBuilder<unknown>;
  readonly returned: string;
}

const readings = new WeakMap<object, Reading>();

/**
 * Reads rows of an entity as plain objects, for batches of hundreds: several times cheaper than entities, and what is
 * changed in them is never written back by itself. `rest` is what follows `from <table> t`; or `t` is what a statement
 * of the `first` ones returned.
 */
export async function plainRows<E extends EntitySchema>(
  db: Db,
  entity: E,
  rest: RawBuilder<unknown> | Returned,
): Promise<InferEntity<E>[]> {
  const meta: EntityMetadata = db.getMetadata().get(entity as never);
  const { columns, properties } = readingOf(db, meta);
  const statement =
    'first' in rest
      ? sql<Row>`with ${rest.first} select ${columns} from ${sql.table(rest.returned)} t`
      : sql<Row>`select ${columns} from ${sql.table(meta.tableName)} t ${rest}`;
  const { rows } = await statement.execute(db.getKysely());
  return rows.map((row) => {
    const plain: Record<string, unknown> = {};
    for (const { name, column, convert } of properties) {
      const value = row[column];
      plain[name] = value === null || value === undefined ? null : convert(value);
    }
    return plain as InferEntity<E>;
  });
}

function readingOf(db: Db, meta: EntityMetadata): Reading {
  const known = readings.get(meta);
  if (known) return known;
  const properties = meta.props.map((property) => ({
    name: property.name,
    column: property.fieldNames[0]!,
    convert: converterOf(db, property),
  }));
  const reading = { columns: sql.join(meta.props.map((property) => columnOf(db, property))), properties };
  readings.set(meta, reading);
  return reading;
}

function columnOf(db: Db, { fieldNames, customType }: EntityProperty): RawBuilder<unknown> {
  const column = `t."${fieldNames[0]!}"`;
  const read = customType?.convertToJSValueSQL?.(column, db.getPlatform()) ?? column;
  return sql`${sql.raw(read)} as ${sql.ref(fieldNames[0]!)}`;
}

function converterOf(db: Db, { customType, runtimeType }: EntityProperty): Convert {
  const platform = db.getPlatform();
  if (customType) return (value) => customType.convertToJSValue(value, platform) as unknown;
  if (runtimeType === 'Date') return (value) => platform.parseDate(value as string);
  return (value) => value;
}

/** Ids as one parameter, so that the statement's text is the same for any number of them. */
export function idList(ids: readonly string[]): RawBuilder<unknown> {
  return sql`any(${`{${ids.join(',')}}`}::uuid[])`;
}
