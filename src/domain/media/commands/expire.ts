import { LockMode } from '@mikro-orm/core';
import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { limits } from '../../kernel/limits.ts';
import { applyMove } from '../../kernel/machine.ts';
import { UploadEntity } from '../entities.ts';
import { tellOwner, uploadChanged } from '../events.ts';
import { uploadMachine } from '../machine.ts';

export const expireUploads = defineCommand({
  name: 'uploads.expire',
  access: 'system',
  summary: 'Expire one batch of uploads that nobody confirmed in time.',
  input: z.strictObject({}),
  output: z.object({ swept: z.int() }),
  errors: [],
  emits: [uploadChanged],
  async run({ tx }) {
    const now = await tx.now();
    const due = await tx.db.find(
      UploadEntity,
      { state: 'pending', deadline: { $lte: now } },
      { lockMode: LockMode.PESSIMISTIC_PARTIAL_WRITE, orderBy: { deadline: 'asc' }, limit: limits.sweepBatch },
    );
    for (const upload of due) {
      applyMove(uploadMachine, upload, { name: 'expire', by: 'system', at: now });
      upload.deadline = null;
      tellOwner(tx, upload);
    }
    return { swept: due.length };
  },
});
