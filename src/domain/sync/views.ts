import { z } from 'zod';
import { Timestamp } from '../kernel/timestamp.ts';

/** A room's name, `<kind>:<id>`. */
export const RoomName = z.string().min(3).max(200);

export const Epoch = z.string().max(64);
export const Seq = z.int().min(0);
export const Cursor = z.strictObject({ epoch: Epoch, seq: Seq });

export const NumberedEvent = z.object({ seq: Seq, type: z.string(), at: Timestamp, data: z.unknown() });

/** Any entity's view; what else it holds is the entity's own. */
export const AnyView = z.looseObject({ id: z.string(), version: z.int() });
