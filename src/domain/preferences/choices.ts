import { z } from 'zod';
import { noticeTopics, type NoticeTopic } from '../kernel/events.ts';
import type { Channel } from '../outbox/index.ts';

/** Which channels a topic may use. The app itself always shows it. */
export const TopicChannels = z.strictObject({
  push: z.boolean(),
  email: z.boolean(),
  sms: z.boolean(),
  telegram: z.boolean(),
});
type TopicChannels = z.infer<typeof TopicChannels>;

/** What a person changed; everything else is by default. */
export type ChannelChoices = Partial<Record<NoticeTopic, Partial<TopicChannels>>>;

/** Chat and favourites make no mail, and nothing but codes costs an SMS, unless the person wants it. */
const chatty: TopicChannels = { push: true, email: false, sms: false, telegram: true };
const weighty: TopicChannels = { ...chatty, email: true };

const defaults: Readonly<Record<NoticeTopic, TopicChannels>> = {
  account: weighty,
  messages: chatty,
  offers: weighty,
  orders: weighty,
  payments: weighty,
  listings: chatty,
  streams: chatty,
  reviews: weighty,
  requests: chatty,
};

export function channelsOf(choices: ChannelChoices): Record<NoticeTopic, TopicChannels> {
  const entries = noticeTopics.map((topic) => [topic, { ...defaults[topic], ...choices[topic] }]);
  return Object.fromEntries(entries) as Record<NoticeTopic, TopicChannels>;
}

/** Adds what was given to what was chosen before. */
export function mergeChoices(before: ChannelChoices, given: ChannelChoices): ChannelChoices {
  const topics = noticeTopics.filter((topic) => before[topic] ?? given[topic]);
  return Object.fromEntries(topics.map((topic) => [topic, { ...before[topic], ...given[topic] }]));
}

/** Whether a channel may be used for a topic. */
export function wants(choices: ChannelChoices, topic: NoticeTopic, channel: Channel): boolean {
  return channelsOf(choices)[topic][channel];
}
