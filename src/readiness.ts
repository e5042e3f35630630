import { sql } from 'kysely';
import type { Sql } from './domain/kernel/index.ts';
import { pendingMigrations } from './domain/migrate.ts';
import type { Readiness } from './http/index.ts';
import type { Databases } from './open-stores.ts';
import type { Rooms } from './rooms/index.ts';

export interface ReadinessProbe {
  /** May this node get traffic? Redis being away only degrades, so it is told but does not refuse. */
  check(): Promise<Readiness>;
  /** The start is complete. */
  open(): void;
  /** From now on not ready, so that balancers look elsewhere. */
  drain(): void;
}

const probeTimeoutMs = 2_000;

export function createReadiness({ databases, rooms }: { databases: Databases; rooms: Rooms }): ReadinessProbe {
  let phase: 'starting' | 'serving' | 'draining' = 'starting';
  return {
    async check() {
      const { mode, healthy } = rooms.state();
      const checks = {
        phase,
        database: await answers(databases.main.fork().getKysely()),
        migrations: await pendingMigrations(databases.main).then(
          (names) => (names.length === 0 ? 'ok' : 'pending'),
          () => 'unknown',
        ),
        redis: mode === 'memory' ? 'unused' : healthy ? 'ok' : 'degraded',
      };
      return { ready: phase === 'serving' && checks.database === 'ok' && checks.migrations === 'ok', checks };
    },
    open: () => void (phase = 'serving'),
    drain: () => void (phase = 'draining'),
  };
}

async function answers(db: Sql): Promise<string> {
  const late = new Promise<string>((resolve) => setTimeout(resolve, probeTimeoutMs, 'slow').unref());
  return Promise.race([
    sql`select 1`.execute(db).then(
      () => 'ok',
      () => 'down',
    ),
    late,
  ]);
}
