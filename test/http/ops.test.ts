import { expect, test } from 'vitest';
import { createMetrics, createOps } from '../../src/http/index.ts';

const scrape = async (ops: ReturnType<typeof createOps>) => {
  const response = await ops.fetch(new Request('http://ops.test/metrics'), { ip: '127.0.0.1' });
  expect(response.headers.get('content-type')).toContain('text/plain');
  return response.text();
};

test('metrics tell commands by name and outcome, and gauges as they are when scraped', async () => {
  const metrics = createMetrics();
  const ops = createOps({ metrics, ready: async () => ({ ready: true, checks: {} }) });
  let connections = 1;
  const counted = {
    emitted: 5,
    failed: 1,
    droppedSignals: 2,
    headSignals: 3,
    waiting: 6,
    repairedRooms: 4,
    turnedAway: 9,
  };
  const up = { redisUp: false, databaseUp: false, replicaUp: null };
  metrics.watch(() => ({ connections, rooms: 2, ...up, pool: { used: 3, idle: 1, waiting: 0 }, ...counted }));
  metrics.command({ name: 'offers.accept', outcome: 'offers.stale', durationMs: 4 });
  metrics.job({ name: 'offers.expire', outcome: 'ok', durationMs: 12, lateMs: 2_000 });
  await scrape(ops);
  metrics.refusedMessage('sandbox');
  counted.emitted = 8;
  connections = 7;
  const text = await scrape(ops);
  expect(text).toContain(
    'soko_command_duration_seconds_bucket{le="0.005",name="offers.accept",outcome="offers.stale"} 1',
  );
  expect(text).toContain('soko_job_lateness_seconds_sum{name="offers.expire"} 2');
  expect(text).toContain('soko_emitted_frames_total 8');
  expect(text).toContain('soko_refused_payment_messages_total{provider="sandbox"} 1');
  expect(text).toContain('soko_connections 7');
  expect(text).toContain('soko_redis_up 0');
  expect(text).toContain('soko_waiting_sockets 6');
  expect(text).toContain('soko_turned_away_sockets_total 9');
  expect(text).toContain('soko_database_up 0');
  expect(text).not.toContain('soko_replica_up 1');
  expect(text).toContain('soko_database_connections{state="used"} 3');
  expect(text).toContain('nodejs_eventloop_lag_p99_seconds');
});

test('two servers in one process count apart', async () => {
  const [one, other] = [createMetrics(), createMetrics()];
  one.slowClose();
  expect((await other.render()).text).toContain('soko_slow_closes_total 0');
});

test('the ops port answers readiness too', async () => {
  const ops = createOps({
    metrics: createMetrics(),
    ready: async () => ({ ready: false, checks: { draining: 'yes' } }),
  });
  const response = await ops.fetch(new Request('http://ops.test/readyz'), { ip: '127.0.0.1' });
  expect(response.status).toBe(503);
});
