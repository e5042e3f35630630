import { sql } from 'kysely';
import type { Role, UserActor } from '../kernel/actor.ts';
import type { Db } from '../kernel/define.ts';
import type { AccessClaims, Tokens } from './tokens.ts';

export type AuthFailure = 'auth.invalid' | 'auth.expired' | 'auth.revoked' | 'auth.suspended';

/** Turns an access token into an actor: signature and expiry, then the session and the account as they are now. */
export async function authenticate(db: Db, tokens: Tokens, token: string): Promise<UserActor | AuthFailure> {
  const [answer = 'auth.invalid'] = await authenticateMany(db, tokens, [token]);
  return answer;
}

/** The same for many tokens with one question to the database; the answers come in the order of the tokens. */
export async function authenticateMany(
  db: Db,
  tokens: Tokens,
  given: readonly string[],
): Promise<(UserActor | AuthFailure)[]> {
  const claims = given.map((token) => tokens.verifyAccess(token));
  const genuine = claims.filter((claim) => typeof claim !== 'string');
  const standings = genuine.length > 0 ? await readStandings(db, genuine) : new Map<string, Standing>();
  return claims.map((claim) => (typeof claim === 'string' ? claim : judge(claim, standings.get(claim.sessionId))));
}

/** A session and its account as they are now. */
interface Standing {
  readonly session_id: string;
  readonly user_id: string;
  readonly roles: Role[];
  readonly revoked: boolean;
  readonly suspended: boolean;
}

async function readStandings(db: Db, claims: readonly AccessClaims[]): Promise<Map<string, Standing>> {
  const sessionIds = `{${claims.map(({ sessionId }) => sessionId).join(',')}}`;
  const { rows } = await sql<Standing>`
    select session.id as session_id, account.id as user_id, account.roles,
           session.revoked_at is not null as revoked, account.suspended_at is not null as suspended
    from session join account on account.id = session.user_id
    where session.id = any(${sessionIds}::uuid[])`.execute(db.getKysely());
  return new Map(rows.map((row) => [row.session_id, row]));
}

function judge({ userId, sessionId, expiresAt }: AccessClaims, standing?: Standing): UserActor | AuthFailure {
  if (standing?.user_id !== userId) return 'auth.invalid';
  if (standing.revoked) return 'auth.revoked';
  if (standing.suspended) return 'auth.suspended';
  return { kind: 'user', userId, sessionId, roles: standing.roles, tokenExpiresAt: expiresAt };
}
