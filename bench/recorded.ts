import pg from 'pg';

interface Recorded {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** A statement as `pg` takes it: a text, or an object that holds one. */
interface Asked {
  readonly text?: string;
  readonly values?: readonly unknown[];
}

/** Everything that this process asks of PostgreSQL while `run` runs, in order. */
export async function recordStatements(run: () => Promise<unknown>): Promise<Recorded[]> {
  const statements: Recorded[] = [];
  const { prototype } = pg.Client;
  const original = prototype.query;
  prototype.query = function query(this: pg.Client, ...args: unknown[]): unknown {
    const [asked, values] = args as [string | Asked, readonly unknown[] | undefined];
    const text = typeof asked === 'string' ? asked : (asked.text ?? '');
    statements.push({ text, values: (typeof asked === 'string' ? values : asked.values) ?? [] });
    return (original as (...all: unknown[]) => unknown).apply(this, args);
  } as typeof original;
  try {
    await run();
  } finally {
    prototype.query = original;
  }
  return statements;
}

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/**
 * The recorded transaction as a script of pgbench. Ids in `from` are read from columns of the table at each run, in a
 * random row; ids that came into being are new each time; everything else stays as it was. Not prepared: half of what
 * the ORM sends is not either.
 */
export function toPgbench(
  statements: readonly Recorded[],
  { table, from }: { table: string; from: Readonly<Record<string, string>> },
): string {
  const texts = statements.map(inlined).filter((text) => !/^(begin|commit|rollback|)$/i.test(text));
  const made = [...new Set(texts.flatMap((text) => text.match(uuid) ?? []))].filter((id) => !(id in from));
  const names = new Map([...Object.entries(from), ...made.map((id, index) => [id, `made_${index}`] as const)]);
  const fresh = made.map((_, index) => `gen_random_uuid() as made_${index}`);
  const body = texts.map((text) => `${text.replaceAll(uuid, (id) => `:${names.get(id) ?? id}`)};`);
  return [
    String.raw`\set n random(1, :rows)`,
    `select ${[...Object.values(from), ...fresh].join(', ')} from ${table} where n = :n \\gset`,
    'begin;',
    ...body,
    'commit;',
    '',
  ].join('\n');
}

/** One line, with its parameters written in. */
function inlined({ text, values }: Recorded): string {
  const line = text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\/\*.*?\*\//g, '')
    .trim();
  return line.replaceAll(/\$(\d+)/g, (_, index) => literal(values[Number(index) - 1]));
}

function literal(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const text = value instanceof Date ? value.toISOString() : (value as string);
  return `'${text.replaceAll("'", "''")}'`;
}
