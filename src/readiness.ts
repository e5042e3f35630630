import { setTimeout as delay } from 'node:timers/promises';
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
      const { main, reads } = databases;
      const checks = {
        phase,
        ...(await databaseChecks(main)),
        ...(reads === main ? {} : { replica: reads.liveness.awaySince === null ? 'ok' : 'degraded' }),
        redis: mode === 'memory' ? 'unused' : healthy ? 'ok' : 'degraded',
      };
      return { ready: phase === 'serving' && checks.database === 'ok' && checks.migrations === 'ok', checks };
    },
    open: () => void (phase = 'serving'),
    drain: () => void (phase = 'draining'),
  };
}

/** Never waits long: a balancer that gets no answer would not know why. */
async function databaseChecks(main: Databases['main']): Promise<{ database: string; migrations: string }> {
  if (main.liveness.awaySince !== null) return { database: 'down', migrations: 'unknown' };
  const asked = pendingMigrations(main).then(
    (names) => ({ database: 'ok', migrations: names.length === 0 ? 'ok' : 'pending' }),
    () => ({ database: 'down', migrations: 'unknown' }),
  );
  const late = delay(probeTimeoutMs, { database: 'slow', migrations: 'unknown' }, { ref: false });
  return Promise.race([asked, late]);
}
