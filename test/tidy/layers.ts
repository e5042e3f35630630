/** A part of the source tree and what it may import of the other parts. */
export interface Layer {
  readonly name: string;
  /** Paths from the root; a folder ends in a slash. The first layer that matches a file owns it. */
  readonly paths: readonly string[];
  readonly mayImport: readonly string[] | 'everything';
  /** Layers whose types alone may be imported. */
  readonly mayImportTypesOf?: readonly string[];
}

/** The areas that each area may import, through their `index.ts` only. Acyclic. */
export const areaEdges: Readonly<Record<string, readonly string[]>> = {
  outbox: [],
  identity: ['outbox'],
  trust: ['identity'],
  preferences: ['outbox', 'identity'],
  media: ['identity'],
  verification: ['outbox', 'identity', 'trust', 'media'],
  merchants: ['outbox', 'identity', 'trust', 'media'],
  catalog: ['identity', 'trust', 'media', 'merchants'],
  chat: ['identity', 'trust', 'media', 'catalog'],
  offers: ['identity', 'trust', 'media', 'merchants', 'catalog', 'chat'],
  ledger: ['identity'],
  escrow: ['identity', 'ledger'],
  delivery: ['identity', 'media'],
  promos: ['identity', 'ledger'],
  orders: [
    'identity',
    'trust',
    'media',
    'merchants',
    'catalog',
    'chat',
    'offers',
    'ledger',
    'escrow',
    'delivery',
    'promos',
  ],
  cart: ['identity', 'trust', 'media', 'merchants', 'catalog', 'delivery', 'promos', 'orders'],
  payments: ['identity', 'media', 'catalog', 'chat', 'offers', 'ledger', 'escrow', 'orders'],
  shipments: ['identity', 'media', 'merchants', 'ledger', 'escrow', 'delivery', 'orders', 'payments'],
  payouts: ['identity', 'merchants', 'ledger', 'escrow', 'orders', 'payments'],
  disputes: ['identity', 'media', 'merchants', 'ledger', 'escrow', 'orders', 'payments'],
  streams: ['identity', 'trust', 'media', 'catalog'],
  reviews: ['identity', 'trust', 'media', 'merchants', 'catalog', 'orders'],
  moderation: ['identity', 'trust', 'media', 'merchants', 'catalog', 'chat', 'orders', 'streams', 'reviews'],
  analytics: ['identity', 'merchants', 'catalog', 'orders'],
  notifications: ['outbox', 'identity', 'preferences'],
  sync: ['identity', 'trust', 'chat', 'orders'],
};

const areas = Object.keys(areaEdges);

export const layers: readonly Layer[] = [
  { name: 'kernel', paths: ['src/domain/kernel/'], mayImport: [] },
  ...areas.map((area) => ({
    name: area,
    paths: [`src/domain/${area}/`],
    mayImport: ['kernel', ...(areaEdges[area] ?? [])],
  })),
  { name: 'registry', paths: ['src/domain/registry.ts'], mayImport: ['kernel', ...areas] },
  {
    name: 'orm',
    paths: ['src/domain/orm.ts', 'src/domain/pg-client.ts', 'src/domain/migrate.ts', 'src/domain/liveness.ts'],
    mayImport: ['kernel', 'registry', 'orm'],
  },
  { name: 'log', paths: ['src/log.ts'], mayImport: ['kernel'] },
  { name: 'config', paths: ['src/config.ts'], mayImport: ['kernel'] },
  { name: 'rooms', paths: ['src/rooms/'], mayImport: ['kernel', 'registry'], mayImportTypesOf: ['log'] },
  { name: 'gateway', paths: ['src/gateway/'], mayImport: ['kernel', 'registry', 'rooms'], mayImportTypesOf: ['log'] },
  { name: 'http', paths: ['src/http/'], mayImport: ['kernel', 'registry', 'rooms'], mayImportTypesOf: ['log'] },
  { name: 'jobs', paths: ['src/jobs/'], mayImport: ['kernel', 'registry'], mayImportTypesOf: ['log', 'orm'] },
  { name: 'composition', paths: ['src/'], mayImport: 'everything' },
  { name: 'client', paths: ['client/src/'], mayImport: [], mayImportTypesOf: ['registry', 'kernel'] },
  { name: 'around', paths: ['client/', 'bench/', 'scripts/', 'test/', 'vitest.config.ts'], mayImport: 'everything' },
];

/**
 * Who may import which package in src and client: every package is in this table. Tests, benchmarks and scripts may
 * import any. `domain` stands for the kernel, all areas, the registry and the ORM.
 */
export const packageOwners: Readonly<Record<string, readonly string[]>> = {
  '@mikro-orm/core': ['domain'],
  '@mikro-orm/postgresql': ['domain'],
  '@mikro-orm/pglite': ['orm'],
  '@electric-sql/pglite': ['orm', 'jobs'],
  '@electric-sql/pglite-postgis': ['orm'],
  kysely: ['domain', 'composition'],
  zod: ['domain', 'config', 'http', 'gateway'],
  uuid: ['kernel'],
  jsonwebtoken: ['identity', 'outbox'],
  nodemailer: ['outbox'],
  'web-push': ['outbox'],
  grammy: ['outbox'],
  'linkify-it': ['chat'],
  '@node-rs/argon2': ['identity'],
  '@zxcvbn-ts/language-common': ['identity'],
  '@ip-location-db/geo-whois-asn-country-mmdb': ['identity'],
  'mmdb-lib': ['identity'],
  bowser: ['identity'],
  sharp: ['media'],
  thumbhash: ['media'],
  qr: ['shipments'],
  'file-type': ['media'],
  '@aws-sdk/client-s3': ['media'],
  '@aws-sdk/s3-request-presigner': ['media'],
  ioredis: ['rooms'],
  '@socket.io/redis-adapter': ['rooms'],
  'rate-limiter-flexible': ['rooms'],
  dataloader: ['gateway'],
  'socket.io': ['gateway'],
  'socket.io-adapter': ['gateway'],
  'socket.io-parser': ['gateway'],
  'uWebSockets.js': ['gateway'],
  ws: ['gateway'],
  '@hono/node-server': ['gateway'],
  hono: ['http'],
  agenda: ['jobs'],
  '@agendajs/mongo-backend': ['jobs'],
  '@agendajs/postgres-backend': ['jobs'],
  mongodb: ['jobs'],
  pg: ['orm', 'jobs'],
  pino: ['log'],
  ms: ['config'],
  'prom-client': ['http', 'composition'],
  'socket.io-client': ['client'],
};

/** What `domain` means as an owner. */
export const domainLayers: readonly string[] = ['kernel', ...areas, 'registry', 'orm'];
