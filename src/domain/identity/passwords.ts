import { hash, verify } from '@node-rs/argon2';

// argon2id with OWASP's first recommended set: 19 MiB, 2 passes, 1 lane.
export const passwordParameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export function hashPassword(password: string): Promise<string> {
  return hash(password, passwordParameters);
}

// Hashed once, of a random secret: an unknown account costs the same time as a wrong password.
let decoy: Promise<string> | undefined;

export async function passwordFits(stored: string | null, password: string): Promise<boolean> {
  decoy ??= hashPassword(crypto.randomUUID());
  const fits = await verify(stored ?? (await decoy), password);
  return fits && stored !== null;
}
