import { sql } from 'kysely';
import type { Harness, TestUser } from '../support/harness.ts';

interface Letter {
  readonly recipient: string;
  readonly template: string;
  readonly params: Record<string, string>;
  readonly userId: string | null;
  readonly locale: string;
  readonly expiresAt: Date;
}

/** What was written to an address, the newest first. */
export async function lettersTo(market: Harness, recipient: string): Promise<Letter[]> {
  const { rows } = await sql<Letter>`
    select recipient, template, params, user_id as "userId", locale, expires_at as "expiresAt" from outgoing_message
    where recipient = ${recipient} order by created_at desc, id desc`.execute(market.database.sql);
  return rows;
}

/** The newest code that went to an address. */
export async function codeTo(market: Harness, recipient: string): Promise<string> {
  const letter = (await lettersTo(market, recipient)).find(({ template }) => template === 'otp.code');
  if (!letter?.params.code) throw new Error(`no code went to ${recipient}`);
  return letter.params.code;
}

/** The token of the newest link that went to an address. */
export async function tokenTo(market: Harness, recipient: string): Promise<string> {
  const letter = (await lettersTo(market, recipient)).find(({ params }) => params.link);
  const token = letter?.params.link?.split('#token=')[1];
  if (!token) throw new Error(`no link went to ${recipient}`);
  return token;
}

/** A code of six digits that is not this one. */
export function otherThan(code: string): string {
  return String((Number(code) + 1) % 1_000_000).padStart(6, '0');
}

let count = 0;
export const newEmail = () => `person${(count += 1)}.${crypto.randomUUID().slice(0, 8)}@mail.test`;
export const newPhone = () => `+2547${String(10_000_000 + Math.floor(Math.random() * 89_999_999))}`;
export const goodPassword = 'correct horse battery';

export interface SignedUp {
  readonly email: string;
  readonly id: string;
  readonly actor: TestUser;
  readonly tokens: { accessToken: string; refreshToken: string };
}

/** Somebody who signed up with an address and, unless told otherwise, proved it. */
export async function signUp(market: Harness, given: { proven?: boolean; email?: string } = {}): Promise<SignedUp> {
  const { proven = true, email = newEmail() } = given;
  const input = { email, password: goodPassword, fullName: 'Asha Mwangi' };
  const { user, tokens } = await market.ok(null, 'accounts.register', input);
  const actor = await actorOf(market, tokens.accessToken);
  if (proven) await market.ok(actor, 'otp.verify', { email, code: await codeTo(market, email) });
  return { email, id: user.id, actor, tokens };
}

/** Who speaks with an access token, as far as it says itself. */
export async function actorOf(market: Harness, token: string): Promise<TestUser> {
  const claims = market.tokens.verifyAccess(token);
  if (typeof claims === 'string') throw new Error(claims);
  const { userId, sessionId, expiresAt: tokenExpiresAt } = claims;
  return { id: userId, token, actor: { kind: 'user', userId, sessionId, roles: [], tokenExpiresAt } };
}
