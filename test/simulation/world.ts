import { connect } from '../../client/src/index.ts';
import { connectNaively, type Naivety } from './naive-client.ts';
import { SimDatabase, type DatabaseFlaws } from './sim-database.ts';
import { SimDevice } from './sim-device.ts';
import { dialOn, SimNetwork, type ClientEnd } from './sim-network.ts';
import { SimNode, type NodeFlaws } from './sim-node.ts';
import { SimRedis, type RedisFlaws } from './sim-redis.ts';
import type { Plan, Step } from './plan.ts';
import { Dice, VirtualTime } from './virtual-time.ts';

/** How a world differs from ours, to see whether the difference is found. */
export interface Flaws extends DatabaseFlaws, NodeFlaws {
  /** Calls of this name never reach the server. */
  readonly unheard?: string;
  /** Clients do not follow the rule. */
  readonly naivety?: Naivety;
}

export interface Outcome {
  readonly violations: readonly string[];
  /** Each frame that reached a client, with its moment. */
  readonly trace: readonly string[];
}

const people = ['ann', 'ben'];
const devices = ['ann', 'ann', 'ben'];
const nodeCount = 3;
/** A push that was lost is repaired within this time. */
export const repairMs = 5_000;
/** A client whose reading failed tries again after at most this time. */
const retryMs = 5_000;
/** Reading and sending take their time too. */
const slackMs = 1_000;
const backMs = 120_000;

/** A cluster, its people and what befalls them. Nothing in it is left to chance but the plan's seed. */
export class World {
  readonly time: VirtualTime;
  readonly devices: SimDevice[];
  readonly database: SimDatabase;
  readonly redis: SimRedis;
  readonly network: SimNetwork;
  readonly nodes: SimNode[];
  readonly #dice: Dice;
  readonly #flaws: Flaws;
  readonly #violations: string[] = [];
  readonly #trace: string[] = [];

  constructor({ time, seed, flaws, redis }: { time: VirtualTime; seed: number; flaws: Flaws; redis: RedisFlaws }) {
    this.time = time;
    this.#flaws = flaws;
    // Each part has dice of its own, so that taking a step out of a plan changes little else.
    this.#dice = new Dice(seed);
    const dice = () => new Dice(this.#dice.between(0, 2 ** 31));
    this.database = new SimDatabase(this.time, dice(), flaws);
    this.redis = new SimRedis(this.time, dice());
    this.redis.flaws = redis;
    this.network = new SimNetwork(this.time, dice(), () => this.nodes.filter(({ isAlive }) => isAlive));
    dialOn(this.network);
    this.network.onFrame = this.#judgeFrames();
    this.network.isHeard = (name) => name !== flaws.unheard;
    this.nodes = Array.from({ length: nodeCount }, () => this.#newNode());
    const connectAs = flaws.naivety ? connectNaively(flaws.naivety) : connect;
    this.devices = devices.map((userId) => new SimDevice({ userId, database: this.database, connect: connectAs }));
  }

  do(step: Step): void {
    const { database, redis, network, time, nodes } = this;
    const device = this.devices[step.which % this.devices.length]!;
    const index = step.which % nodeCount;
    const node = nodes[index]!;
    if (step.do === 'commit') {
      void this.commit(node, step.forBoth ? people : [people[step.count % people.length]!]);
    } else if (step.do === 'cut') {
      network.cut({ token: device.userId }, step.ms);
    } else if (step.do === 'kill') {
      this.#kill(node);
      time.after(step.ms, () => void (nodes[index]!.isAlive || (nodes[index] = this.#newNode())));
    } else if (step.do === 'redis') {
      if (!redis.isUp) return;
      redis.fall();
      time.after(step.ms, () => redis.rise());
    } else if (step.do === 'database') {
      database.isUp = false;
      time.after(step.ms, () => void (database.isUp = true));
    } else if (step.do === 'restore') {
      database.restore(step.count);
    } else if (step.do === 'prune') {
      database.prune(device.userId, step.count);
    } else {
      device.restart();
    }
  }

  async commit(node: SimNode, userIds: readonly string[]): Promise<void> {
    if (!node.isAlive) return;
    const batches = await this.database.commit(userIds, () => node.isAlive);
    if (!batches) return;
    await this.time.wait(this.#dice.between(0, this.#dice.chance(0.1) ? 300 : 5));
    if (node.isAlive) node.push(batches);
  }

  /** Ends all faults and waits until everyone is connected. */
  async heal(): Promise<void> {
    this.redis.flaws = { doubled: 0, lost: 0 };
    if (!this.redis.isUp) this.redis.rise();
    this.database.isUp = true;
    for (const [index, node] of this.nodes.entries()) if (!node.isAlive) this.nodes[index] = this.#newNode();
    const until = this.time.now + backMs;
    const isBack = () => this.devices.every(({ connected }) => connected);
    // A cut may not have been noticed yet.
    await this.time.pass(repairMs);
    while (!isBack() && this.time.now < until) await this.time.pass(100);
    if (!isBack()) this.#violations.push('someone did not come back');
  }

  /** What is still wrong when everything has been well for as long as repairs may take. */
  async judge(): Promise<Outcome> {
    await this.heal();
    await this.time.pass(repairMs + retryMs + slackMs);
    const differences = this.devices.flatMap((device) => device.differences());
    return this.outcome(differences);
  }

  outcome(differences: readonly string[] = []): Outcome {
    const violations = [...this.#violations, ...this.devices.flatMap((device) => device.violations), ...differences];
    return { violations, trace: this.#trace };
  }

  get isBroken(): boolean {
    return this.#violations.length > 0 || this.devices.some(({ violations }) => violations.length > 0);
  }

  close(): void {
    for (const node of this.nodes) if (node.isAlive) node.kill();
  }

  #newNode(): SimNode {
    return new SimNode({ database: this.database, redis: this.redis, flaws: this.#flaws });
  }

  #kill(node: SimNode): void {
    if (!node.isAlive) return;
    node.kill();
    this.network.cut({ listener: node }, 500);
  }

  /** Frames as they come over the wire: `ready` first, and after `recovered` nothing left out. */
  #judgeFrames(): (client: ClientEnd, event: string, payload: any) => void {
    const promised = new WeakMap<ClientEnd, number | null>();
    return (client, event, payload) => {
      this.#trace.push(`${this.time.now} ${client.auth.token} ${event} ${JSON.stringify(payload.inbox ?? payload)}`);
      if (event === 'ready') {
        const { recovered, head } = payload.inbox;
        const shown = client.auth.inbox?.seq ?? 0;
        promised.set(client, recovered && head > shown ? shown + 1 : null);
      } else if (event === 'inbox') {
        const first = payload.events[0].seq;
        const next = promised.get(client);
        if (next === undefined) this.#violations.push(`event ${first} came before ready`);
        else if (next !== null && first !== next)
          this.#violations.push(`event ${first} came where ${next} was promised`);
        promised.set(client, null);
      }
    };
  }
}

/** Plays a plan to its end and judges it. */
export async function play(plan: Plan, flaws: Flaws = {}): Promise<Outcome> {
  return inWorld({ seed: plan.seed, flaws, redis: plan.redis }, async (world) => {
    for (const step of plan.steps) {
      await world.time.pass(step.afterMs);
      world.do(step);
      // A safety violation is final: going on would only bury it.
      if (world.isBroken) return world.outcome();
    }
    return world.judge();
  });
}

/** Makes a world, with its time and chance in place of the real ones, and takes it down again. */
export async function inWorld<T>(
  { seed, flaws, redis }: { seed: number; flaws?: Flaws; redis?: RedisFlaws },
  work: (world: World) => Promise<T>,
): Promise<T> {
  const { random } = Math;
  const dice = new Dice(~seed);
  Math.random = () => dice.next();
  let uninstall = () => {};
  let world: World | null = null;
  try {
    const time = new VirtualTime();
    uninstall = time.install();
    world = new World({ time, seed, flaws: flaws ?? {}, redis: redis ?? { doubled: 0, lost: 0 } });
    return await work(world);
  } finally {
    world?.close();
    uninstall();
    Math.random = random;
  }
}
