import type { Actor } from './actor.ts';
import type { Operation } from './define.ts';
import { isDeeper } from './depth.ts';
import { CommandError, type Issue } from './errors.ts';
import type { Call } from './execute.ts';
import { limits } from './limits.ts';
import { networkOf } from './network.ts';
import type { RateLimiter } from './rate-limits.ts';
import { isStorable } from './storable.ts';

// What every call passes before anything of its operation runs.

export async function limitRate(limiter: RateLimiter, { operation, actor, meta }: Call): Promise<void> {
  if (actor.kind === 'system') return;
  const address = networkOf(meta.ip);
  const who = actor.kind === 'user' ? actor.userId : address;
  const fallback = actor.kind === 'user' ? limits.commandsPerMinute : limits.guestCommandsPerMinute;
  const session = actor.kind === 'user' ? actor.sessionId : null;
  const refused =
    (await limiter.take(`address:${address}`, limits.addressCommandsPerMinute, 'node')) ??
    (session && (await limiter.take(`session:${session}`, limits.sessionCommandsPerMinute, 'node'))) ??
    (await limiter.take(`${who}:${operation.name}`, operation.ratePerMinute ?? fallback));
  if (refused) throw new CommandError('limit.rate', refused);
}

export function parse({ operation, input }: Call): { input: unknown; idempotencyKey: string | undefined } {
  const isObject = typeof input === 'object' && input !== null && !Array.isArray(input);
  if (!isObject || isDeeper(input, limits.inputDepth)) throw new CommandError('frame.malformed');
  const { idempotencyKey, ...rest } = input as Record<string, unknown>;
  const issues: Issue[] = [];
  const keyFits = typeof idempotencyKey === 'string' && idempotencyKey.length >= 1 && idempotencyKey.length <= 64;
  if (idempotencyKey !== undefined && !(keyFits && operation.kind === 'command')) {
    issues.push({ path: 'idempotencyKey', message: 'expected 1 to 64 characters, on a mutating command' });
  }
  const parsed = operation.input.safeParse(rest);
  if (!parsed.success) {
    const told = parsed.error.issues.slice(0, 20);
    issues.push(...told.map(({ path, message }) => ({ path: path.join('.'), message })));
  } else if (!isStorable([parsed.data, idempotencyKey])) {
    issues.push({ path: '', message: 'text must be well-formed Unicode without NUL' });
  }
  if (issues.length > 0) throw new CommandError('input.invalid', { issues });
  return { input: parsed.data, idempotencyKey: idempotencyKey as string | undefined };
}

export function authorise({ access }: Operation, actor: Actor): void {
  if (access === 'guest' || actor.kind === 'system') return;
  if (access === 'system') throw new CommandError('command.unknown');
  if (actor.kind === 'guest') throw new CommandError('auth.required');
  if (access === 'user' || actor.roles.includes(access) || actor.roles.includes('admin')) return;
  throw new CommandError('auth.forbidden');
}
