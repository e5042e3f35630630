/**
 * Whether every string inside a value, keys too, can be stored: PostgreSQL text has no NUL, and a lone surrogate has no
 * UTF-8. Walks without recursion, because depth is the client's choice.
 */
export function isStorable(value: unknown): boolean {
  const pending: unknown[] = [value];
  while (pending.length > 0) {
    const next = pending.pop();
    if (typeof next === 'string') {
      if (next.includes('\u0000') || !next.isWellFormed()) return false;
    } else if (typeof next === 'object' && next !== null) {
      for (const entry of Object.entries(next)) pending.push(...entry);
    }
  }
  return true;
}
