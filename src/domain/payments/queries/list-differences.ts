import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { orNull } from '../../kernel/or-null.ts';
import { cutPage, decodeCursor, page, pageInput } from '../../kernel/pagination.ts';
import { iso, Timestamp } from '../../kernel/timestamp.ts';
import { DifferenceEntity, differenceKinds, PaymentId } from '../entities.ts';

const DifferenceView = z.object({
  id: z.uuid(),
  provider: z.string(),
  kind: z.enum(differenceKinds),
  /** The provider's id of the charge. */
  subject: z.string(),
  paymentId: orNull(PaymentId),
  currency: z.string(),
  oursMinor: z.int(),
  theirsMinor: z.int(),
  firstSeenAt: Timestamp,
  lastSeenAt: Timestamp,
  /** Since when the books agree; null while they do not. */
  resolvedAt: orNull(Timestamp),
});

export const listDifferences = defineQuery({
  name: 'payments.reconciliation',
  access: 'admin',
  summary:
    "What providers' books and ours did not agree on, the last seen first; only what is open, unless asked for all.",
  input: z.strictObject({ all: z.boolean().default(false), ...pageInput }),
  output: page(DifferenceView),
  errors: [],
  async run({ input: { all, cursor, limit }, db }) {
    const after = decodeCursor(cursor, z.tuple([Timestamp, z.uuid()]));
    const found = await db.find(
      DifferenceEntity,
      {
        ...(all ? {} : { resolvedAt: null }),
        ...(after && {
          $or: [{ lastSeenAt: { $lt: new Date(after[0]) } }, { lastSeenAt: new Date(after[0]), id: { $lt: after[1] } }],
        }),
      },
      { orderBy: { lastSeenAt: 'desc', id: 'desc' }, limit: limit + 1 },
    );
    return cutPage(found, limit, {
      item: (one) => ({
        ...one,
        firstSeenAt: iso(one.firstSeenAt),
        lastSeenAt: iso(one.lastSeenAt),
        resolvedAt: iso(one.resolvedAt),
      }),
      key: ({ lastSeenAt, id }) => [iso(lastSeenAt), id],
    });
  },
});
