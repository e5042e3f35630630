import pg from 'pg';

export interface Counted {
  /** Statements, or transactions where the server counts no statements. */
  readonly count: number;
  /** The most frequent ones first; empty where only transactions are counted. */
  readonly top: readonly { readonly calls: number; readonly text: string }[];
}

export interface StatementCounter {
  readonly unit: 'statements' | 'transactions';
  /** Counts what the database did since this was called, when the function it returns is called. */
  start(): Promise<() => Promise<Counted>>;
  close(): Promise<void>;
}

/** Backends tell what they counted at most once a second, and the rest after 10 s of idleness. */
const statisticsDelayMs = 11_000;

/** Counts by pg_stat_statements where the server has it loaded, else commits. */
export async function openStatementCounter(databaseUrl: string): Promise<StatementCounter> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const rowsOf = async <T>(text: string) => (await client.query(text)).rows as T[];
  const [{ loaded } = { loaded: '' }] = await rowsOf<{ loaded: string }>(
    `select current_setting('shared_preload_libraries') as loaded`,
  );
  const close = () => client.end();
  if (loaded.includes('pg_stat_statements')) {
    await client.query('create extension if not exists pg_stat_statements');
    return { unit: 'statements', start: () => countStatements(rowsOf), close };
  }
  return { unit: 'transactions', start: () => countCommits(rowsOf), close };
}

type RowsOf = <T>(text: string) => Promise<T[]>;

async function countStatements(rowsOf: RowsOf): Promise<() => Promise<Counted>> {
  await rowsOf('select pg_stat_statements_reset()');
  return async () => {
    const top = await rowsOf<{ calls: number; text: string }>(
      `select sum(calls)::int as calls, regexp_replace(query, '\\s+', ' ', 'g') as text from pg_stat_statements
       where dbid = (select oid from pg_database where datname = current_database()) and query not like '%pg_stat_%'
       group by 2 order by 1 desc`,
    );
    return { count: top.reduce((sum, { calls }) => sum + calls, 0), top };
  };
}

async function countCommits(rowsOf: RowsOf): Promise<() => Promise<Counted>> {
  const read = async () => {
    await new Promise((resolve) => setTimeout(resolve, statisticsDelayMs));
    const [row] = await rowsOf<{ commits: number }>(
      'select xact_commit::int as commits from pg_stat_database where datname = current_database()',
    );
    return row?.commits ?? 0;
  };
  const before = await read();
  return async () => ({ count: (await read()) - before, top: [] });
}
