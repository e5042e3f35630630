import pg from 'pg';

export interface Recorded {
  readonly text: string;
  readonly values: readonly unknown[];
  /** Which ends of its transaction went in one write with it. */
  readonly opens: boolean;
  readonly closes: boolean;
}

/** A statement as `pg` takes it: a text, or an object that holds one. */
interface Asked {
  readonly text?: string;
  readonly values?: readonly unknown[];
  readonly frame?: { readonly opens: boolean; readonly closes: boolean };
}

/** Everything that this process asks of PostgreSQL while `run` runs, in order, but its look whether it is there. */
export async function recordStatements(run: () => Promise<unknown>): Promise<Recorded[]> {
  const statements: Recorded[] = [];
  const { prototype } = pg.Client;
  const original = prototype.query;
  prototype.query = function query(this: pg.Client, ...args: unknown[]): unknown {
    const [asked, values] = args as [string | Asked, readonly unknown[] | undefined];
    const { text = '', values: own = [], frame } = typeof asked === 'string' ? { text: asked, values } : asked;
    const ends = frame ?? { opens: false, closes: false };
    if (!looksOnly(this)) statements.push(framed({ text, values: own, ...ends }));
    return (original as (...all: unknown[]) => unknown).apply(this, args);
  } as typeof original;
  try {
    await run();
  } finally {
    prototype.query = original;
  }
  return statements;
}

/** A statement without parameters carries the begin of its transaction in its text. */
function framed(statement: Recorded): Recorded {
  const { text } = statement;
  return text.startsWith(beginning) ? { ...statement, text: text.slice(beginning.length), opens: true } : statement;
}

const beginning = 'begin; ';

function looksOnly(client: pg.Client): boolean {
  const { connectionParameters } = client as unknown as { connectionParameters: { application_name?: string } };
  return connectionParameters.application_name === 'soko-liveness';
}

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

interface Replay {
  readonly table: string;
  /** Columns of the table, by the ids that stood in their place when it was recorded. */
  readonly from: Readonly<Record<string, string>>;
}

/**
 * What was recorded as a script of pgbench: the same statements in the same transactions, in as many writes. Those that
 * had parameters are prepared once for each connection and executed; the others are sent as they were. Ids in `from`
 * are read at each run, from a row of the table that no other client has at that time; ids that came into being are new
 * each time; everything else stays as it was.
 */
export function toPgbench(statements: readonly Recorded[], { table, from }: Replay): string {
  const prepared = new Map<string, string>();
  const lines = statements.map((statement) => written(statement, prepared));
  const made = [...new Set(lines.flatMap((line) => line.match(uuid) ?? []))].filter((id) => !(id in from));
  const names = new Map([...Object.entries(from), ...made.map((id, index) => [id, `made_${index}`] as const)]);
  const fresh = made.map((_, index) => `gen_random_uuid() as made_${index}`);
  return [
    String.raw`\if :fresh`,
    ...[...prepared].map(([text, name]) => `prepare ${name} as ${text};`),
    String.raw`\set fresh 0`,
    String.raw`\endif`,
    String.raw`\set n 1 + :client_id + :clients * random(0, :rows / :clients - 1)`,
    `select ${[...Object.values(from), ...fresh].join(', ')} from ${table} where n = :n \\gset`,
    ...lines.map((line) => line.replaceAll(uuid, (id) => `:${names.get(id) ?? id}`)),
    '',
  ].join('\n');
}

/** How many transactions there are: those that were begun, and statements of their own. */
export function transactionsIn(statements: readonly Recorded[]): number {
  let isInside = false;
  let count = 0;
  for (const { text, opens, closes } of statements) {
    if (opens || text === 'begin' || !isInside) count += 1;
    isInside = (isInside || opens || text === 'begin') && !closes && text !== 'commit';
  }
  return count;
}

function written({ text, values, opens, closes }: Recorded, prepared: Map<string, string>): string {
  const line = text
    .replaceAll(/\/\*.*?\*\//g, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
  const body = values.length === 0 ? line : `execute ${nameOf(line, prepared)}(${values.map(literal).join(', ')})`;
  return `${opens ? String.raw`begin\; ` : ''}${body}${closes ? String.raw`\; commit` : ''};`;
}

function nameOf(text: string, prepared: Map<string, string>): string {
  const name = prepared.get(text) ?? `s${prepared.size}`;
  prepared.set(text, name);
  return name;
}

function literal(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'number' || typeof value === 'boolean') return `'${value}'`;
  const text = value instanceof Date ? value.toISOString() : (value as string);
  // A backslash would begin a command of pgbench only at the start of a line; a line break would end the statement's.
  return `'${text.replaceAll("'", "''")}'`;
}
