import { limits, universalErrors, type Area, type ErrorTable, type Operation } from '../../domain/kernel/index.ts';
import { areas, errors } from '../../domain/registry.ts';

export const protocolVersion = 1;

/** Operations that clients may call, by area, in the order of the registry. */
export function publicAreas(): { name: string; operations: Operation[] }[] {
  const list: readonly Area[] = areas;
  const open = list.map(({ name, operations }) => ({
    name,
    operations: operations.filter(({ access }) => access !== 'system'),
  }));
  return open.filter(({ operations }) => operations.length > 0);
}

/** Errors by HTTP status: what an operation declares and what any operation may answer. */
export function errorsByStatus(codes: readonly string[], table: ErrorTable = errors): Map<number, string[]> {
  const known = codes.filter((code) => code in table);
  return new Map([...Map.groupBy(known, (code) => table[code]!.http)].toSorted(([left], [right]) => left - right));
}

export const universalCodes = Object.keys(universalErrors);

export function whoMayCall({ access }: Operation): string {
  if (access === 'guest') return 'Anyone, signed in or not.';
  return access === 'user' ? 'Any signed-in user.' : `Users with the role ${access}, and admins.`;
}

export function callsPerMinute({ ratePerMinute, access }: Operation): number {
  return ratePerMinute ?? (access === 'guest' ? limits.guestCommandsPerMinute : limits.commandsPerMinute);
}
