import type { Duplex } from 'node:stream';
import { Client, Query } from 'pg';
import { assert, lastStatement } from './kernel/index.ts';

const namedStatementsMax = 500;
const statementNames = new Map<string, string>();

/**
 * Names each statement that has parameters, so that a connection parses it once and keeps its plan. Bounded, because
 * every connection keeps what it was told; texts beyond the bound go unnamed, as do those with values written in.
 *
 * Saves a transaction two round trips: BEGIN waits and goes in one write with the first statement, and COMMIT goes
 * with the statement that is marked as the last. What comes after an error in the same write PostgreSQL skips: without
 * its BEGIN a statement does not run, and after a failed one nothing is committed.
 */
export class PgClient extends Client {
  /** Statements of the frame that this connection has parsed; until then they go by themselves. */
  readonly #parsed = new Set<FrameWord>();
  #isBeginHeld = false;
  #isCommitted = false;

  // The overloads of `query` are many; Kysely calls one of them.
  override query = ((text: unknown, values?: unknown, ...rest: unknown[]) => {
    if (typeof text !== 'string' || rest.length > 0) {
      assert(!this.#isBeginHeld, 'a transaction begins with a statement, not with a cursor');
      return this.#send(text, values, ...rest);
    }
    if (text === 'begin') return this.#holdBegin();
    if (text === 'commit' || text === 'rollback') return this.#end(text);
    return this.#state(text, Array.isArray(values) ? values : []);
  }) as Client['query'];

  #send(...args: unknown[]): Promise<unknown> {
    const query = super.query.bind(this) as (...args: unknown[]) => Promise<unknown>;
    return query(...args);
  }

  async #holdBegin(): Promise<unknown> {
    this.#isBeginHeld = true;
    this.#isCommitted = false;
    return nothingSent;
  }

  async #end(word: 'commit' | 'rollback'): Promise<unknown> {
    const isOver = this.#isBeginHeld || this.#isCommitted;
    this.#isBeginHeld = false;
    this.#isCommitted = false;
    if (isOver) return nothingSent;
    return word === 'commit' ? this.#sendWord('commit') : this.#send('rollback');
  }

  async #state(text: string, values: unknown[]): Promise<unknown> {
    const opens = this.#isBeginHeld;
    this.#isBeginHeld = false;
    const name = values.length > 0 ? nameOf(text) : null;
    const statement = name === null ? { text, values } : { name, text, values };
    const frame = {
      opens: opens && this.#parsed.has('begin'),
      closes: text.endsWith(lastStatement) && this.#parsed.has('commit'),
    };
    if (name !== null && (frame.opens || frame.closes)) return this.#sendFramed(statement, frame);
    if (opens && values.length === 0) return lastOf(await this.#send(`begin; ${text}`));
    if (opens) await this.#sendWord('begin');
    return this.#send(statement);
  }

  async #sendWord(word: FrameWord): Promise<unknown> {
    const result = await this.#send({ name: wordNames[word], text: word });
    this.#parsed.add(word);
    return result;
  }

  #sendFramed(statement: Statement, frame: Frame): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const query = new FramedQuery(statement, (error, result) => {
        if (error) return reject(error);
        this.#isCommitted = frame.closes;
        resolve(result);
      });
      query.frame = frame;
      void this.#send(query);
    });
  }
}

/** Of several statements in one text, each has its result. */
function lastOf(results: unknown): unknown {
  return Array.isArray(results) ? results.at(-1) : results;
}

const nothingSent = { command: '', rowCount: 0, rows: [] };

type FrameWord = 'begin' | 'commit';
const wordNames: Record<FrameWord, string> = { begin: 'soko_begin', commit: 'soko_commit' };

/** Which ends of its transaction go with a statement. */
interface Frame {
  readonly opens: boolean;
  readonly closes: boolean;
}

interface Statement {
  readonly name?: string;
  readonly text: string;
  readonly values: unknown[];
}

/** The messages of the extended protocol; the types of `pg` know other parameters of them. */
interface Wire {
  readonly stream: Duplex;
  bind(message: { statement: string }): void;
  execute(message: object): void;
}

/** What `pg` asks of a query, as its types do not tell. */
interface Submitted {
  submit(connection: Wire): Error | null;
  handleCommandComplete(message: { text: string }, connection: Wire): void;
}

type Answered = (error: Error | undefined, result: unknown) => void;
const SubmittedQuery = Query as unknown as new (statement: Statement, answered: Answered) => Submitted;

class FramedQuery extends SubmittedQuery {
  frame: Frame = { opens: false, closes: false };

  override submit(connection: Wire): Error | null {
    const { opens, closes } = this.frame;
    const execute = (message: object) => {
      connection.execute(message);
      if (closes) run(connection, 'commit');
    };
    connection.stream.cork();
    try {
      if (opens) run(connection, 'begin');
      return super.submit(Object.create(connection, { execute: { value: execute } }) as Wire);
    } finally {
      connection.stream.uncork();
    }
  }

  override handleCommandComplete(message: { text: string }, connection: Wire): void {
    // The frame's own are not the statement's.
    if (message.text !== 'BEGIN' && message.text !== 'COMMIT') super.handleCommandComplete(message, connection);
  }
}

function run(connection: Wire, word: FrameWord): void {
  connection.bind({ statement: wordNames[word] });
  connection.execute({});
}

function nameOf(text: string): string | null {
  const known = statementNames.get(text);
  if (known !== undefined || statementNames.size >= namedStatementsMax) return known ?? null;
  const name = `soko_${statementNames.size}`;
  statementNames.set(text, name);
  return name;
}
