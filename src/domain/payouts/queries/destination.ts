import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { orNull } from '../../kernel/or-null.ts';
import { DestinationView, destinationView } from '../destination-view.ts';
import { DestinationEntity } from '../entities.ts';

export const getDestination = defineQuery({
  name: 'payouts.destination',
  access: 'user',
  summary: 'Where your money goes when it is paid out; null while it goes to your wallet.',
  input: z.strictObject({}),
  output: z.object({ destination: orNull(DestinationView) }),
  errors: [],
  async run({ actor: { userId }, db }) {
    const destination = await db.findOne(DestinationEntity, { userId });
    return { destination: destination && destinationView(destination) };
  },
});
