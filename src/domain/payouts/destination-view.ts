import { z } from 'zod';
import { iso, Timestamp } from '../kernel/timestamp.ts';
import type { Destination } from './entities.ts';

export const DestinationView = z.object({
  provider: z.string(),
  /** The account with the provider, by its id there. */
  account: z.string(),
  /** Whether money can be sent to it; the provider may have questions first. */
  ready: z.boolean(),
  createdAt: Timestamp,
});

export function destinationView({ provider, account, ready, createdAt }: Destination): z.input<typeof DestinationView> {
  return { provider, account, ready, createdAt: iso(createdAt) };
}
