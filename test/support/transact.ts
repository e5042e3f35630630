import { z } from 'zod';
import { createExecute, defineCommand, type Tx } from '../../src/domain/kernel/index.ts';
import { errors, events } from '../../src/domain/registry.ts';
import { system, type Harness } from './harness.ts';

/** Runs a function of an area as a command of its own: in the pipeline, with its retries and events. */
export async function transact<T>({ database, ports, delivered }: Harness, run: (tx: Tx) => Promise<T>): Promise<T> {
  const command = defineCommand({
    name: 'test.transact',
    access: 'system',
    summary: 'Calls a function of an area.',
    input: z.strictObject({}),
    output: z.any(),
    errors: [],
    emits: [...events.values()],
    run: ({ tx }) => run(tx),
  });
  let cause: unknown;
  const execute = createExecute({
    operations: new Map([[command.name, command]]),
    errors,
    ports,
    sql: database.sql,
    fork: () => database.fork(),
    limiter: { take: async () => null },
    deliver: (outbound) => void delivered.push(outbound),
    nudge: () => {},
    observe: (observation) => void (cause = observation.cause),
  });
  const reply = await execute(command.name, {}, { actor: system, meta: { requestId: crypto.randomUUID(), ip: '::1' } });
  if (!reply.ok) throw cause instanceof Error ? cause : new Error(reply.error.code);
  return reply.data as T;
}
