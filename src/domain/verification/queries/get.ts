import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { ownVerifications } from '../snapshot.ts';
import { VerificationView } from '../views.ts';

export const getVerification = defineQuery({
  name: 'verification.get',
  access: 'user',
  summary: 'Where your papers stand: the latest submission of each kind, and the approval that holds meanwhile.',
  input: z.strictObject({}),
  output: z.object({ items: z.array(VerificationView) }),
  errors: [],
  run: async ({ actor, db }) => ({ items: await ownVerifications(db, actor.userId) }),
});
