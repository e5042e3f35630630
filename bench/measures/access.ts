import type { Profiler } from 'node:inspector';
import { Session } from 'node:inspector/promises';
import type { Bench } from '../bench.ts';
import { createMarket, type BenchMarket } from '../market.ts';
import type { Group } from '../report.ts';

const full = { pairs: 50, calls: 6_000 };
const quick = { pairs: 4, calls: 200 };
const aimShare = 0.05;
/** The functions that decide whether a call may be made, by name; what they call counts with them. */
const deciding = new Set(['authorise', 'authenticate', 'authenticateMany', 'isVisibleTo', 'mayModerate', 'sellersFor']);

/** How much of a command's own work is deciding whether it may be made, by the samples of a profiler. */
export async function measureAccess(bench: Bench): Promise<Group[]> {
  const size = bench.quick ? quick : full;
  const market = await createMarket(bench.databaseUrl, { users: size.pairs * 2, pairs: size.pairs });
  try {
    const kinds: Record<string, (index: number) => [string, object]> = {
      'messages.send': (index) => [
        'messages.send',
        { conversationId: pairOf(market, index).conversationId, kind: 'text', text: 'Still there?' },
      ],
      'listings.update': (index) => [
        'listings.update',
        { listingId: pairOf(market, index).listingId, description: `changed ${index}` },
      ],
      'listings.get': (index) => ['listings.get', { listingId: pairOf(market, index).listingId }],
    };
    const results = [];
    for (const [what, call] of Object.entries(kinds)) {
      const share = await shareOf(market, call, size.calls);
      const value = `${(share * 100).toFixed(2)} %`;
      results.push({ what, value, aim: `< ${aimShare * 100} %`, met: share < aimShare });
    }
    return [
      {
        title: 'Deciding who may, as a share of what the command costs this process',
        results,
        notes: ['whose row it is stands in the statement that reads the row; the database does that part'],
      },
    ];
  } finally {
    await market.close();
  }
}

const pairOf = ({ pairs }: BenchMarket, index: number) => pairs[index % pairs.length]!;

async function shareOf(market: BenchMarket, call: (index: number) => [string, object], calls: number): Promise<number> {
  const run = async (count: number) => {
    for (let index = 0; index < count; index += 1) {
      const [name, input] = call(index);
      const [buyer, seller] = pairOf(market, index).people;
      await market.harness.ok(name === 'listings.update' ? seller : buyer, name, input);
      market.harness.delivered.length = 0;
    }
  };
  await run(calls / 4);
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 100 });
  await session.post('Profiler.start');
  await run(calls);
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();
  return shareOfNodes(profile);
}

function shareOfNodes({ nodes }: Profiler.Profile): number {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  let [all, decided] = [0, 0];
  const walk = (id: number, isDeciding: boolean): void => {
    const { callFrame, hitCount = 0, children = [] } = byId.get(id)!;
    const { functionName } = callFrame;
    const counts = functionName !== '(idle)' && functionName !== '(program)';
    const within = isDeciding || deciding.has(functionName);
    if (counts) all += hitCount;
    if (counts && within) decided += hitCount;
    for (const child of children) walk(child, within);
  };
  const root = nodes.find(({ callFrame }) => callFrame.functionName === '(root)');
  if (root) walk(root.id, false);
  return decided / all;
}
