import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { rawConnect, type RawSocket } from '../gateway/raw-socket.ts';
import { httpClient } from '../support/http-client.ts';
import type { TestUser } from '../support/harness.ts';
import { startCluster, type Cluster } from './cluster.ts';
import { pause } from './load.ts';
import type { ClusterNode } from './node.ts';

/** What is promised across nodes, with Redis and without, and what a busy machine adds. */
const withinMs = 1_000 + 1_000;
const withoutRedisMs = 5_000 + 2_000;
const missedEvents = 6_000;

let cluster: Cluster;
let one: ClusterNode;
let two: ClusterNode;
let raw: RawSocket;
beforeAll(async () => {
  cluster = await startCluster(2);
  [one, two] = cluster.nodes as [ClusterNode, ClusterNode];
});
afterEach(() => raw.ws.terminate());
afterAll(() => cluster?.stop());

const call = (node: ClusterNode, user: TestUser) => httpClient(node.url, user.token);

async function person(): Promise<TestUser> {
  return (await cluster.people(1))[0]!;
}

/** Expects the farewell as the last frames, the code of a revoked session, and silence afterwards. */
async function expectRevoked({ frames, closed }: RawSocket, boundMs: number): Promise<void> {
  expect(await Promise.race([closed, pause(boundMs).then(() => 'still open')])).toBe(4002);
  const farewell = frames.findIndex((frame) => frame.startsWith('42["session"'));
  expect(JSON.parse(frames[farewell]!.slice('42'.length))).toMatchObject(['session', { type: 'revoked' }]);
  // Socket.IO's own goodbye, and not one frame more.
  expect(frames.slice(farewell + 1)).toEqual(['41']);
}

/** Room frames of a raw client so far. */
const roomFrames = ({ frames }: RawSocket) => frames.filter((frame) => frame.startsWith('42["room"')).length;

async function talkingRoom(): Promise<{ host: TestUser; streamId: string; stop: () => Promise<number> }> {
  const host = await person();
  const { id: streamId } = await call(one, host)('streams.schedule', { title: 'Talking' });
  await call(one, host)('streams.goLive', { streamId });
  const speakers = await cluster.people(12);
  const stopping = new AbortController();
  let said = 0;
  // Sixty a minute each; from both nodes, so that what is said comes through Redis too.
  const talking = speakers.map(async (speaker, index) => {
    const say = call(index % 2 ? one : two, speaker);
    for (let words = 0; words < 55 && !stopping.signal.aborted; words += 1) {
      await say('streams.say', { streamId, text: `Word ${words}` }).then(
        () => (said += 1),
        () => {},
      );
      await pause(100);
    }
  });
  return {
    host,
    streamId,
    async stop() {
      stopping.abort();
      await Promise.all(talking);
      return said;
    },
  };
}

async function viewerAt(node: ClusterNode, user: TestUser, streamId: string): Promise<RawSocket> {
  raw = await rawConnect(node.url, { token: user.token });
  raw.send(`421["rooms.join",{"room":"stream:${streamId}"}]`);
  await raw.frame('431[{"ok":true');
  await raw.frame('42["room"');
  return raw;
}

/** Lets the room talk on; nothing of it may reach the raw client any more. */
async function expectSilence(boundMs: number): Promise<void> {
  await pause(boundMs);
  const heard = raw.frames.length;
  const rooms = roomFrames(raw);
  await pause(2_000);
  expect(roomFrames(raw) - rooms).toBe(0);
  expect(raw.frames.slice(heard).filter((frame) => frame.includes('"stream'))).toEqual([]);
}

test('a logout at one node ends the session’s sockets at another within a second, and nothing follows', async () => {
  const user = await person();
  raw = await rawConnect(two.url, { token: user.token });
  await call(one, user)('users.update', { bio: 'before' });
  await raw.frame('42["inbox"');
  await call(one, user)('sessions.logout');
  await expectRevoked(raw, withinMs);
});

test('a ban at one node silences the room for the banned at another within a second', async () => {
  const room = await talkingRoom();
  const viewer = await person();
  await viewerAt(two, viewer, room.streamId);
  await call(one, room.host)('streams.ban', { streamId: room.streamId, userId: viewer.id });
  await expectSilence(withinMs);
  raw.send('422["users.me",{}]');
  await raw.frame('432[{"ok":true');
  expect(await room.stop()).toBeGreaterThan(20);
});

/** Writes events to an inbox as commands do, without the thousands of commands. */
function fillInbox(user: TestUser, events: number): Promise<unknown[]> {
  const data = `jsonb_build_object('entity', 'note', 'id', n, 'version', n, 'text', repeat('x', 2000))`;
  return cluster.rows(`
    select inbox_append(jsonb_agg(jsonb_build_object(
      'user_id', '${user.id}', 'ord', n, 'type', 'note.changed', 'data', ${data})), now())
    from generate_series(1, ${events}) n`);
}

test('a session revoked in the middle of a resume of thousands of events gets not one more of them', async () => {
  const user = await person();
  await call(one, user)('users.update', { bio: 'the cursor' });
  const { epoch, head } = await call(one, user)('sync.pull', { epoch: '', after: 0 });
  await fillInbox(user, missedEvents);
  raw = await rawConnect(two.url, { token: user.token, inbox: { epoch, seq: head } });
  raw.pause();
  await call(one, user)('sessions.logout');
  await pause(withinMs);
  raw.resume();
  expect([4002, 1006]).toContain(await raw.closed);
  const pages = raw.frames.filter((frame) => frame.startsWith('42["inbox"')).length;
  console.log(`${pages} pages of ${missedEvents / 500} had left before the revocation`);
  expect(pages).toBeLessThan(missedEvents / 500);
  const farewell = raw.frames.findIndex((frame) => frame.startsWith('42["session"'));
  // Where the network took no farewell any more, what it had taken before ends the story.
  const after = farewell === -1 ? [] : raw.frames.slice(farewell + 1);
  expect(after.filter((frame) => frame !== '41')).toEqual([]);
});

test('with Redis dead, a logout at one node ends the sockets at another within five seconds', async () => {
  const user = await person();
  raw = await rawConnect(two.url, { token: user.token });
  await cluster.redis.kill();
  try {
    await call(one, user)('sessions.logout');
    await expectRevoked(raw, withoutRedisMs);
  } finally {
    await cluster.redis.start();
  }
});

test('with Redis dead, a ban at one node holds at another within five seconds, also once Redis is back', async () => {
  const room = await talkingRoom();
  const viewer = await person();
  await viewerAt(two, viewer, room.streamId);
  await cluster.redis.kill();
  await call(one, room.host)('streams.ban', { streamId: room.streamId, userId: viewer.id });
  await pause(withoutRedisMs);
  await cluster.redis.start();
  // The room talks on, also through Redis.
  await expectSilence(3_000);
  await room.stop();
});
