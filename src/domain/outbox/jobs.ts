import { defineJob, defineSweep, type Job } from '../kernel/define.ts';
import { limits } from '../kernel/limits.ts';
import { channels, type Channel } from './channel.ts';
import { pruneMessages } from './commands/prune.ts';
import { deliverDue } from './deliver.ts';

/** One job for each channel: a provider that hangs holds up nobody else's. */
export const deliveryJobs = Object.fromEntries(channels.map((channel) => [channel, deliveryJob(channel)])) as Readonly<
  Record<Channel, Job>
>;

function deliveryJob(channel: Channel): Job {
  return defineJob({
    name: `outbox.${channel}`,
    everySeconds: 10,
    summary: `Send due messages by ${channel}, and again those that did not get through.`,
    run: (context) => deliverDue(context, channel),
  });
}

export const pruneMessagesJob = defineSweep({
  name: 'outbox.prune',
  everySeconds: 3_600,
  batch: limits.sweepBatch,
  command: pruneMessages,
  summary: pruneMessages.summary,
});
