import { hash, verify } from '@node-rs/argon2';

// argon2id with OWASP's first recommended set: 19 MiB, 2 passes, 1 lane.
export const passwordParameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** One password has one spelling, whichever keyboard composed it (NIST SP 800-63B: NFKC or NFKD). */
function normal(password: string): string {
  return password.normalize('NFKC');
}

export function hashPassword(password: string): Promise<string> {
  return hash(normal(password), passwordParameters);
}

// Hashed once, of a random secret: an unknown account costs the same time as a wrong password.
let decoy: Promise<string> | undefined;

export async function passwordFits(stored: string | null, password: string): Promise<boolean> {
  decoy ??= hashPassword(crypto.randomUUID());
  const fits = await verify(stored ?? (await decoy), normal(password));
  return fits && stored !== null;
}

/** Whether a stored hash was made with less than today's parameters. */
export function isWeakHash(stored: string): boolean {
  const [, memory, passes] = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=\d+\$/.exec(stored) ?? [];
  return Number(memory ?? 0) < passwordParameters.memoryCost || Number(passes ?? 0) < passwordParameters.timeCost;
}
