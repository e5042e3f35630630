import { definePort } from './ports.ts';

/** How many sockets are in public rooms now, over all nodes. Implemented by the rooms layer. */
export interface Audience {
  /** Counts in the order of the rooms asked for; 0 for an empty or unknown room. */
  count(rooms: readonly string[]): Promise<number[]>;
}

export const audiencePort = definePort<Audience>('kernel.audience');
