import { audiencePort } from '../../src/domain/kernel/index.ts';
import { say, talk, type Talk } from '../chat/talk.ts';
import { appDevice } from '../preferences/devices.ts';
import type { Harness, TestUser } from '../support/harness.ts';

export interface Notified extends Talk {
  /** The seller, who was written to. */
  readonly person: TestUser;
  readonly items: { id: string; body: string }[];
}

/** Somebody who was told of one message. */
export async function notified(market: Harness): Promise<Notified> {
  const found = await talk(market);
  await say(market, found.buyer, found);
  await market.runJob('notifications.tell');
  const { items } = await market.ok(found.seller, 'notifications.list');
  return { ...found, person: found.seller, items };
}

/** Gives a person a proven e-mail address and a device. */
export async function reachable(market: Harness, person: TestUser): Promise<{ deviceId: string }> {
  await rows(market, 'update account set email_verified_at = now() where id = ?', [person.id]);
  // Sessions of tests last a day, and a digest takes longer.
  await rows(market, `update session set expires_at = expires_at + interval '1 year' where user_id = ?`, [person.id]);
  const { id: deviceId } = await market.ok(person, 'devices.register', appDevice());
  return { deviceId };
}

export interface Outgoing {
  readonly channel: string;
  readonly template: string;
  readonly state: string;
  readonly params: Record<string, unknown>;
  readonly due_in_ms: number;
}

export function outgoing(market: Harness, person: TestUser): Promise<Outgoing[]> {
  return rows<Outgoing>(
    market,
    `select channel, template, state, params,
       (extract(epoch from due_at - clock_timestamp()) * 1000)::float8 - ? as due_in_ms
     from outgoing_message where user_id = ? order by id`,
    [market.clock.offsetMs, person.id],
  );
}

export function rows<Row>(market: Harness, statement: string, params: unknown[] = []): Promise<Row[]> {
  return market.database.orm.em.getConnection().execute<Row[]>(statement, params);
}

/** Who has the app open. */
export function bindOnline(market: Harness, online: ReadonlySet<string>): void {
  market.ports.bind(audiencePort, { count: async (rooms) => rooms.map(() => 0), online: async () => online });
}
