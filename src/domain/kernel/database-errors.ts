import type { Db } from './define.ts';

/** SQLSTATE or Node error code, looked for through the wrappers that drivers put around it. */
function codeOf(error: unknown, depth = 0): string {
  if (typeof error !== 'object' || error === null || depth > 4) return '';
  const { code, cause, previous } = error as { code?: unknown; cause?: unknown; previous?: unknown };
  if (typeof code === 'string') return code;
  return codeOf(cause, depth + 1) || codeOf(previous, depth + 1);
}

/** Serialization failure or deadlock: the transaction may simply run again. */
export function isRetryable(error: unknown): boolean {
  return ['40001', '40P01'].includes(codeOf(error));
}

/**
 * The database is away: connection refused or cut, shutting down, starting up, out of connections, pool exhausted, or a
 * standby that takes no writes.
 */
export function isUnavailable(error: unknown): boolean {
  const code = codeOf(error);
  if (/^(08|53|57P|25006)/.test(code) || /^E(CONN|PIPE|TIMEDOUT|HOSTUNREACH|NOTFOUND|AI_AGAIN)/.test(code)) return true;
  const texts = /Connection terminated|timeout exceeded when trying to connect|is not queryable/;
  return error instanceof Error && texts.test(error.message);
}

/** A unique index refused a row; `constraint` names it. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  if (codeOf(error) !== '23505') return false;
  return constraint === undefined || String((error as { message?: string }).message).includes(constraint);
}

/**
 * Writes what changed. False when a unique index, which `constraint` names, refused it: another call was faster. The
 * transaction is over then, and the command can only fail.
 */
export async function flushUnique(db: Db, constraint?: string): Promise<boolean> {
  try {
    await db.flush();
    return true;
  } catch (error) {
    if (isUniqueViolation(error, constraint)) return false;
    throw error;
  }
}
