import type { Reply } from '../domain/kernel/index.ts';

/** `accessToken` → `access_token`, through objects and lists. */
export function toSnake(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toSnake);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [snakeName(key), toSnake(inner)]));
}

/** `refresh_token` → `refreshToken`, for the fields of one flat body. A null field counts as left out. */
export function fromSnake(
  body: Record<string, unknown>,
  renamed: Record<string, string> = {},
): Record<string, unknown> {
  const given = Object.entries(body).filter(([, value]) => value !== null);
  // A key such as `__proto__` is found on every object, and is nobody's field.
  const nameOf = (key: string) => (Object.hasOwn(renamed, key) ? (renamed[key] ?? key) : camelName(key));
  return Object.fromEntries(given.map(([key, value]) => [nameOf(key), value]));
}

/** Names the fields of an error as the caller sent them. */
export function snakeIssues(reply: Reply): Reply {
  if (reply.ok || !reply.error.issues) return reply;
  const issues = reply.error.issues.map(({ path, message }) => ({ path: snakeName(path), message }));
  return { ok: false, error: { ...reply.error, issues } };
}

export function snakeName(name: string): string {
  return name.replaceAll(/(?<=[a-z\d])[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function camelName(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
