import { expect, test } from 'vitest';
import { defineJob, defineSweep, type Command, type JobContext } from '../../src/domain/kernel/index.ts';
import { Precedence } from '../../src/jobs/precedence.ts';

const command = { name: 'test.sweep' } as unknown as Command;

function contextOf(precedence: Precedence, order: string[], signal = new AbortController().signal): JobContext {
  return {
    signal,
    turn: () => precedence.turn(signal),
    port: () => expect.fail('no port is asked for'),
    async execute() {
      order.push('patient');
      return { swept: 0 } as never;
    },
  };
}

const patient = defineSweep({ name: 'patient', everySeconds: 1, batch: 1, isPatient: true, command, summary: '' });

test('a patient sweep lets an urgent job that is at work end first', async () => {
  const precedence = new Precedence();
  const order: string[] = [];
  const context = contextOf(precedence, order);
  const urgent = precedence.of(
    defineJob({
      name: 'urgent',
      everySeconds: 1,
      isUrgent: true,
      summary: '',
      async run() {
        await new Promise((resolve) => setTimeout(resolve, 200));
        order.push('urgent');
      },
    }),
  );
  await Promise.all([urgent.run(context), precedence.of(patient).run(context)]);
  expect(order).toEqual(['urgent', 'patient']);
});

test('urgent work that fails holds nobody up', async () => {
  const precedence = new Precedence();
  const order: string[] = [];
  const failing = async () => Promise.reject(new Error('failed'));
  const urgent = precedence.of(
    defineJob({ name: 'urgent', everySeconds: 1, isUrgent: true, summary: '', run: failing }),
  );
  await expect(urgent.run(contextOf(precedence, order))).rejects.toThrow('failed');
  await patient.run(contextOf(precedence, order));
  expect(order).toEqual(['patient']);
});

test('a patient sweep does not wait for urgent work while the process drains', async () => {
  const precedence = new Precedence();
  const order: string[] = [];
  const drain = new AbortController();
  const endless = Promise.withResolvers<void>();
  const run = async () => endless.promise;
  const urgent = precedence.of(defineJob({ name: 'urgent', everySeconds: 1, isUrgent: true, summary: '', run }));
  const running = urgent.run(contextOf(precedence, order));
  const waiting = precedence.turn(drain.signal);
  drain.abort();
  await waiting;
  endless.resolve();
  await running;
});
