import { startNode } from './nodes.ts';

// A node in a process of its own, with four sockets in `hall:a` and one of the user `u1`, until it is killed.
const { transport } = await startNode({ redisUrl: process.env.REDIS_URL, prefix: process.argv[2] ?? '' });
transport.rooms.set('hall:a', 4);
transport.users.set('u1', 1);
setInterval(() => {}, 60_000);
