import { sql } from 'kysely';
import type { Role, UserActor } from '../kernel/actor.ts';
import type { Db } from '../kernel/define.ts';
import type { SessionId } from '../kernel/ids.ts';
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
  const standings = await readStandings(
    db,
    genuine.map(({ sessionId }) => sessionId),
  );
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

/** What open sessions may now: their roles, or why they are over. Sessions that are unknown count as revoked. */
export async function sessionStandings(
  db: Db,
  sessionIds: readonly SessionId[],
): Promise<Map<string, { readonly roles: readonly Role[] } | AuthFailure>> {
  const standings = await readStandings(db, sessionIds);
  return new Map(
    sessionIds.map((id) => [id, verdictOf(standings.get(id)) ?? { roles: standings.get(id)?.roles ?? [] }]),
  );
}

async function readStandings(db: Db, ids: readonly SessionId[]): Promise<Map<string, Standing>> {
  if (ids.length === 0) return new Map();
  const sessionIds = `{${ids.join(',')}}`;
  const { rows } = await sql<Standing>`
    select session.id as session_id, account.id as user_id, account.roles,
           session.revoked_at is not null or account.deleted_at is not null as revoked,
           account.suspended_at is not null as suspended
    from session join account on account.id = session.user_id
    where session.id = any(${sessionIds}::uuid[])`.execute(db.getKysely());
  return new Map(rows.map((row) => [row.session_id, row]));
}

function judge({ userId, sessionId, expiresAt }: AccessClaims, standing?: Standing): UserActor | AuthFailure {
  if (standing?.user_id !== userId) return 'auth.invalid';
  return verdictOf(standing) ?? { kind: 'user', userId, sessionId, roles: standing.roles, tokenExpiresAt: expiresAt };
}

function verdictOf(standing: Standing | undefined): AuthFailure | null {
  if (!standing || standing.revoked) return 'auth.revoked';
  return standing.suspended ? 'auth.suspended' : null;
}
