import { SessionEntity } from '../../src/domain/identity/entities.ts';
import { createAccount as newAccount } from '../../src/domain/identity/new-account.ts';
import type { Tokens } from '../../src/domain/identity/index.ts';
import { newId, type Role, type SessionId, type UserId } from '../../src/domain/kernel/index.ts';
import type { Database } from '../../src/domain/orm.ts';
import type { TestUser } from './harness.ts';

let count = 0;

/** A signed-in person, written straight to the database: registering in every test would hash a password each time. */
export async function createAccount(
  database: Database,
  tokens: Tokens,
  { roles = [], fullName }: { roles?: Role[]; fullName?: string },
): Promise<TestUser> {
  count += 1;
  const userId = newId<UserId>();
  const sessionId = newId<SessionId>();
  const now = new Date();
  const em = database.fork();
  const email = `person${count}-${userId}@example.test`;
  newAccount(em, now, { id: userId, email, fullName: fullName ?? `Person ${count}`, roles });
  em.create(SessionEntity, {
    id: sessionId,
    userId,
    ip: '203.0.113.7',
    createdAt: now,
    refreshedAt: now,
    expiresAt: new Date(now.getTime() + 86_400_000),
  });
  await em.flush();
  const actor = { kind: 'user', userId, sessionId, roles, tokenExpiresAt: now.getTime() + tokens.accessTtlMs } as const;
  return { id: userId, actor, token: tokens.signAccess({ userId, sessionId }) };
}
