import { availableParallelism, hostname } from 'node:os';
import { resolve } from 'node:path';
import ms, { type StringValue } from 'ms';
import { z } from 'zod';

const Duration = z.string().transform((text, context) => {
  const value = ms(text as StringValue);
  if (typeof value === 'number' && value > 0) return value;
  context.addIssue('expected a duration such as 30s, 15m or 7d');
  return z.NEVER;
});
const duration = (fallback: StringValue) => Duration.prefault(fallback);
const flag = (fallback: boolean) => z.stringbool().default(fallback);
const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean),
  );
const port = (fallback: number) => z.coerce.number().int().min(0).max(65_535).default(fallback);
/** More processes than this on one machine are a mistake. */
const workersMax = 64;
const workers = z
  .string()
  .prefault('1')
  .transform((text, context) => {
    const count = text === 'auto' ? Math.min(workersMax, availableParallelism()) : Number(text);
    if (Number.isInteger(count) && count >= 1 && count <= workersMax) return count;
    context.addIssue(`expected a number from 1 to ${workersMax}, or auto`);
    return z.NEVER;
  });
const url = (pattern: RegExp, example: string) => z.string().regex(pattern, `expected an address like ${example}`);

const developmentSecret = 'soko-development-secret-change-me-now';

/** Every variable that the server reads, with its default. */
export const environment = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  ROLE: z.enum(['all', 'gateway', 'worker']).default('all'),
  /** Processes that share PORT; `auto` is one for each core. */
  WORKERS: workers,
  NODE_ID: z.string().default(`${hostname()}-${process.pid}`),
  HOST: z.string().default('127.0.0.1'),
  PORT: port(3000),
  OPS_HOST: z.string().default('127.0.0.1'),
  OPS_PORT: port(3001),
  PUBLIC_URL: url(/^https?:\/\//, 'https://market.example').optional(),
  DATA_DIR: z.string().default('./data'),
  DATABASE_URL: url(/^postgres(ql)?:\/\//, 'postgres://user:password@host:5432/soko').optional(),
  DATABASE_READ_URL: url(/^postgres(ql)?:\/\//, 'postgres://user:password@replica:5432/soko').optional(),
  DATABASE_POOL_MAX: z.coerce.number().int().min(2).max(200).default(20),
  /** Set to false behind a transaction-mode pooler that does not keep prepared statements. */
  DATABASE_PREPARE: flag(true),
  REDIS_URL: url(/^rediss?:\/\//, 'redis://host:6379').optional(),
  JOBS_URL: url(/^(mongodb(\+srv)?|postgres(ql)?):\/\//, 'mongodb://host:27017/soko-jobs').optional(),
  GATEWAY_ENGINE: z.enum(['auto', 'uws', 'node']).default('auto'),
  GATEWAY_POLLING: flag(false),
  GUESTS: flag(true),
  CORS_ORIGINS: list,
  TRUSTED_PROXIES: list,
  DRAIN_WINDOW: duration('10s'),
  ADMISSION_RATE: z.coerce.number().int().min(1).max(100_000).default(500),
  JWT_SECRET: z.string().min(32).default(developmentSecret),
  /** PEM blocks, one after another: the first is private and signs, the others only verify. */
  JWT_PRIVATE_KEY: z.string().optional(),
  JWT_PREVIOUS_SECRETS: list,
  JWT_ISSUER: z.string().max(200).default('soko'),
  JWT_AUDIENCE: z.string().max(200).default('soko'),
  /** Keys the hashes of codes, addresses and contacts; by default JWT_SECRET. */
  ACCOUNT_PEPPER: z.string().min(32).optional(),
  /** The page of a client that takes a new password, with the token in its fragment. */
  PASSWORD_RESET_URL: url(/^https?:\/\//, 'https://market.example/reset-password').optional(),
  ACCESS_TTL: duration('15m'),
  REFRESH_TTL: duration('30d'),
  SESSION_MAX_AGE: duration('90d'),
  TELEGRAM_BOT_TOKEN: z
    .string()
    .regex(/^\d{1,20}:[\w-]{20,100}$/, 'expected a token like 123456789:AAE…, as BotFather gives it')
    .optional(),
  /** Instead of the token: Telegram's own signature is checked then, and the bot cannot write to anyone. */
  TELEGRAM_BOT_ID: z
    .string()
    .regex(/^[1-9]\d{0,19}$/, 'expected the number before the colon of the token')
    .optional(),
  TELEGRAM_ENVIRONMENT: z.enum(['production', 'test']).default('production'),
  TELEGRAM_INIT_DATA_TTL: duration('1h'),
  OFFER_TTL: duration('48h'),
  OFFER_CHECKOUT_WINDOW: duration('15m'),
  /** 15m in production; 30s elsewhere, so that a demo sees an unpaid order expire. */
  PAYMENT_WINDOW: Duration.optional(),
  SELLER_RESPONSE_WINDOW: duration('72h'),
  /** How long an accepted order may wait to be handed on, and what is ready to be fetched. */
  ORDER_HANDLING_WINDOW: duration('7d'),
  PICKUP_WINDOW: duration('14d'),
  AUTO_RECEIVE_AFTER: duration('7d'),
  /** How long a seller may leave a refund request, or a dispute, without an answer. */
  DISPUTE_ANSWER_WINDOW: duration('72h'),
  /** In hundredths of a per cent: the market's share of the goods, and what is kept back for chargebacks. */
  PLATFORM_FEE_BPS: z.coerce.number().int().min(0).max(10_000).default(500),
  SELLER_RESERVE_BPS: z.coerce.number().int().min(0).max(10_000).default(0),
  SELLER_RESERVE_FOR: duration('30d'),
  /** The least that is sent to a bank at once, in minor units, and how often a person may withdraw within a day. */
  PAYOUT_MIN_MINOR: z.coerce.number().int().min(1).max(1_000_000_000).default(100),
  WITHDRAWN_MINOR_PER_DAY: z.coerce.number().int().min(1).max(1_000_000_000_000).default(100_000_000),
  WITHDRAWALS_PER_DAY: z.coerce.number().int().min(1).max(1_000).default(5),
  UPLOAD_WINDOW: duration('15m'),
  /** How long papers are kept once a verification is decided. */
  DOCUMENTS_KEPT: duration('90d'),
  /** Keys the hash by which a document's number is found again; by default made from JWT_SECRET. */
  DOCUMENT_NUMBER_KEY: z.string().min(32).optional(),
  SANDBOX_PAYMENTS: flag(true),
  SANDBOX_WEBHOOK_SECRET: z.string().min(16).default('soko-sandbox-webhook-secret'),
  /** Where the sandbox bank reports; by default our own webhook at PUBLIC_URL. */
  SANDBOX_WEBHOOK_URL: url(/^https?:\/\//, 'http://balancer:8080/v1/webhooks/sandbox').optional(),
  SANDBOX_CONFIRM_AFTER: duration('1s'),
  S3_ENDPOINT: url(/^https?:\/\//, 'http://minio:9000').optional(),
  S3_REGION: z.string().default('us-east-1'),
  S3_BUCKET: z.string().optional(),
  S3_ACCESS_KEY: z.string().optional(),
  S3_SECRET_KEY: z.string().optional(),
  S3_PATH_STYLE: flag(true),
  /** Where clients fetch public objects; a CDN, or by default the bucket itself. */
  S3_PUBLIC_URL: url(/^https?:\/\//, 'https://cdn.example').optional(),
  RTMP_URL: z.string().default('rtmp://127.0.0.1:1935/live'),
  HLS_URL: z.string().default('http://127.0.0.1:8080/hls'),
  SMTP_URL: url(/^smtps?:\/\//, 'smtp://user:password@mail.example:587').optional(),
  MAIL_FROM: z.string().default('Soko <no-reply@localhost>'),
  FCM_PROJECT_ID: z.string().optional(),
  FCM_CLIENT_EMAIL: z.string().optional(),
  /** PEM; lines may be written as \\n, as in the file of a service account. */
  FCM_PRIVATE_KEY: z
    .string()
    .transform((text) => text.replaceAll(String.raw`\n`, '\n'))
    .optional(),
  FCM_BASE_URL: url(/^https?:\/\//, 'https://fcm.googleapis.com').default('https://fcm.googleapis.com'),
  FCM_TOKEN_URL: url(/^https?:\/\//, 'https://oauth2.googleapis.com/token').default(
    'https://oauth2.googleapis.com/token',
  ),
  VAPID_PUBLIC_KEY: z.string().optional(),
  VAPID_PRIVATE_KEY: z.string().optional(),
  VAPID_SUBJECT: url(/^(mailto:|https:\/\/)/, 'mailto:push@market.example').optional(),
  /** Push services that browsers' subscriptions may name; anything else would be called on their word. */
  WEB_PUSH_HOSTS: list.prefault(
    'fcm.googleapis.com,updates.push.services.mozilla.com,*.push.apple.com,*.notify.windows.com',
  ),
  TWILIO_ACCOUNT_SID: z.string().optional(),
  TWILIO_AUTH_TOKEN: z.string().optional(),
  /** A number in E.164, or the SID of a messaging service. */
  TWILIO_FROM: z.string().optional(),
  TWILIO_BASE_URL: url(/^https?:\/\//, 'https://api.twilio.com').default('https://api.twilio.com'),
  TELEGRAM_API_ROOT: url(/^https?:\/\//, 'https://api.telegram.org').default('https://api.telegram.org'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
});

export type Config = ReturnType<typeof readConfig>;

/** Names what is wrong with the configuration, one line each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Reads and checks the environment. Throws a `ConfigError` that says every variable that is wrong. */
export function readConfig(variables: Record<string, string | undefined> = process.env) {
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));
  const parsed = environment.safeParse(given);
  if (!parsed.success) {
    const lines = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new ConfigError(`the configuration is not usable:\n  ${lines.join('\n  ')}`);
  }
  const config = { ...parsed.data, DATA_DIR: resolve(parsed.data.DATA_DIR) };
  const weak = config.NODE_ENV === 'production' ? weaknesses(config) : [];
  const { TELEGRAM_BOT_TOKEN: botToken, TELEGRAM_BOT_ID: botId } = config;
  if (botToken && botId && !botToken.startsWith(`${botId}:`))
    throw new ConfigError('TELEGRAM_BOT_ID is not the bot of TELEGRAM_BOT_TOKEN');
  for (const [first, ...others] of together) {
    const torn = config[first] === undefined ? [] : missing(config, others);
    if (torn.length > 0) throw new ConfigError(`${first} needs ${torn.join(' and ')} too`);
  }
  const unshared = config.WORKERS > 1 ? unshareable(config) : [];
  if (unshared.length > 0) throw new ConfigError(`WORKERS=${config.WORKERS}: ${unshared.join('; ')}`);
  if (weak.length > 0) throw new ConfigError(`production refuses these settings:\n  ${weak.join('\n  ')}`);
  const publicUrl = config.PUBLIC_URL ?? `http://127.0.0.1:${config.PORT}`;
  return {
    ...config,
    PUBLIC_URL: publicUrl,
    PASSWORD_RESET_URL: config.PASSWORD_RESET_URL ?? `${publicUrl}/reset-password`,
    ACCOUNT_PEPPER: config.ACCOUNT_PEPPER ?? config.JWT_SECRET,
    PAYMENT_WINDOW: config.PAYMENT_WINDOW ?? ms(config.NODE_ENV === 'production' ? '15m' : '30s'),
  };
}

/** The first of each is of no use without the others. */
const together = [
  ['S3_BUCKET', 'S3_ACCESS_KEY', 'S3_SECRET_KEY'],
  ['FCM_PROJECT_ID', 'FCM_CLIENT_EMAIL', 'FCM_PRIVATE_KEY'],
  ['VAPID_PUBLIC_KEY', 'VAPID_PRIVATE_KEY', 'VAPID_SUBJECT'],
  ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'TWILIO_FROM'],
] as const;

/** What stands against several processes on one port. */
function unshareable(config: z.infer<typeof environment>): string[] {
  const absent = missing(config, ['DATABASE_URL', 'REDIS_URL']);
  const rules: [boolean, string][] = [
    [absent.length > 0, `several processes need ${absent.join(' and ')}`],
    [config.ROLE === 'worker', 'ROLE=worker has no port to share; start one process for each'],
    [config.PORT === 0, 'PORT=0 gives each process another port; name one'],
    [config.GATEWAY_POLLING, 'GATEWAY_POLLING needs sticky routing, which a shared port has not'],
  ];
  return rules.filter(([broken]) => broken).map(([, text]) => text);
}

function missing(config: z.infer<typeof environment>, names: readonly (keyof typeof environment.shape)[]): string[] {
  return names.filter((name) => config[name] === undefined);
}

function weaknesses(config: z.infer<typeof environment>): string[] {
  const rules: [boolean, string][] = [
    // Whatever signs the tokens: keys that are not set are made from it.
    [config.JWT_SECRET === developmentSecret, 'JWT_SECRET: set a secret of your own, 32 characters or more'],
    [config.JWT_PREVIOUS_SECRETS.includes(developmentSecret), 'JWT_PREVIOUS_SECRETS: everybody knows this secret'],
    [config.SANDBOX_PAYMENTS, 'SANDBOX_PAYMENTS: sandbox payments are not money; set it to false'],
    [!config.DATABASE_URL, 'DATABASE_URL: the embedded database is for one node on one disk; set a PostgreSQL server'],
    [!config.PUBLIC_URL, 'PUBLIC_URL: links and webhooks need the address that clients use'],
    [!!config.REDIS_URL && !config.S3_BUCKET, 'S3_BUCKET: with more than one node, uploads need an object store'],
  ];
  return rules.filter(([broken]) => broken).map(([, text]) => text);
}

const secret = /SECRET|KEY|PASSWORD(?!_RESET_URL)|TOKEN|PEPPER/;

/** The resolved configuration for people to read: secrets and passwords in addresses are masked. */
export function maskConfig(config: Config): Record<string, unknown> {
  const mask = (name: string, value: unknown) => {
    if (secret.test(name) && value !== undefined) return '********';
    if (typeof value !== 'string') return value;
    return value
      .replace(/(:\/\/[^:/@]*:).+@/, '$1********@')
      .replaceAll(/([?&]\w*(?:password|key|token)=)[^&]+/gi, '$1********');
  };
  return Object.fromEntries(Object.entries(config).map(([name, value]) => [name, mask(name, value)]));
}
