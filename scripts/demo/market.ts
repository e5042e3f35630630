import { connect } from '../../client/src/index.ts';
import { Actor } from './actor.ts';
import { expect, type Timeline } from './timeline.ts';

export interface Market {
  readonly url: string;
  readonly timeline: Timeline;
  readonly seller: Actor;
  readonly buyer: Actor;
  /** A word that only this run's listing contains. */
  readonly word: string;
  /** Where the seller lives; another place on each run, so that a search nearby finds this run's listing. */
  readonly home: { readonly lat: number; readonly lon: number };
}

export const currency = 'AED';
const password = 'correct horse battery staple';

/** Two people register: one over HTTP, as an app does, one over a guest's socket. */
export async function openMarket(url: string, timeline: Timeline): Promise<Market> {
  const word = `kiosk${crypto.randomUUID().slice(0, 8)}`;
  const home = { lat: 20 + Math.random() * 10, lon: 45 + Math.random() * 10 };
  const seller = await registerOverHttp('Asha', { url, timeline });
  const buyer = await registerOverSocket('Juma', { url, timeline });
  await Promise.all([seller.arrive(), buyer.arrive()]);
  seller.says('is connected; the inbox stands at 0');
  buyer.says('is connected');
  return { url, timeline, seller, buyer, word, home };
}

function newUsername(name: string): string {
  return `${name.toLowerCase()}_${crypto.randomUUID().slice(0, 12).replaceAll('-', '')}`;
}

async function registerOverHttp(name: string, at: { url: string; timeline: Timeline }): Promise<Actor> {
  const username = newUsername(name);
  const response = await fetch(`${at.url}/v1/auth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password, full_name: name }),
  });
  expect(response.ok, `POST /v1/auth/register answers 200 (not ${response.status}: ${await response.clone().text()})`);
  const { user, access_token: token } = (await response.json()) as { user: { id: string }; access_token: string };
  const actor = new Actor({ name, userId: user.id, token }, at);
  actor.says(`registers over HTTP as ${username}`);
  return actor;
}

export async function registerOverSocket(name: string, at: { url: string; timeline: Timeline }): Promise<Actor> {
  const username = newUsername(name);
  const guest = await connect({ url: at.url });
  const { user, tokens } = await guest.call('accounts.register', { username, password, fullName: name });
  guest.close();
  const actor = new Actor({ name, userId: user.id, token: tokens.accessToken }, at);
  actor.says(`registers over a guest's socket as ${username}`);
  return actor;
}

export async function signIn(
  name: string,
  login: { identifier: string; password: string },
  at: { url: string; timeline: Timeline },
): Promise<Actor> {
  const guest = await connect({ url: at.url });
  const { user, tokens } = await guest.call('sessions.login', login);
  guest.close();
  const actor = new Actor({ name, userId: user.id, token: tokens.accessToken }, at);
  actor.says(`signs in as ${login.identifier}`);
  return actor;
}
