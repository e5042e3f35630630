import { definePort } from './ports.ts';

/** Who is there now, over all nodes. Implemented by the rooms layer. */
export interface Audience {
  /** Sockets in public rooms, in the order of the rooms asked for; 0 for an empty or unknown room. */
  count(rooms: readonly string[]): Promise<number[]>;
  /** Which of these people have a socket open now. Whoever is not known of counts as away. */
  online(userIds: readonly string[]): Promise<ReadonlySet<string>>;
}

export const audiencePort = definePort<Audience>('kernel.audience');
