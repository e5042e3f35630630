import type { Harness, TestUser } from '../support/harness.ts';

/** A stream on air and its host. */
export async function liveStream(market: Harness): Promise<{ host: TestUser; streamId: string }> {
  const host = await market.user({ fullName: 'Host' });
  const { id: streamId } = await market.ok(host, 'streams.schedule', { title: 'Shoes, live' });
  await market.ok(host, 'streams.goLive', { streamId });
  return { host, streamId };
}

/** Room messages of one type handed over for delivery, oldest first. */
export function published(market: Harness, type: string): any[] {
  const messages = market.delivered.flatMap((outbound) => outbound.rooms);
  return messages.filter((message) => message.type === type).map((message) => message.data);
}
