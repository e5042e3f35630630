import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import { bindMessages } from './bind-messages.ts';
import { ConfigError, type Config } from './config.ts';
import {
  createTokens,
  deriveKeys,
  identitySettingsPort,
  KeyError,
  telegramPort,
  tokensPort,
  type TelegramSettings,
  type Tokens,
} from './domain/identity/index.ts';
import { audiencePort, clockPort, personalDataPort, Ports, type Clock, type Sql } from './domain/kernel/index.ts';
import { createDiskStore, createS3Store, objectStorePort, type DiskStore } from './domain/media/index.ts';
import { offerSettingsPort } from './domain/offers/index.ts';
import { disputeSettingsPort } from './domain/disputes/index.ts';
import { escrowSettingsPort } from './domain/escrow/index.ts';
import { orderSettingsPort } from './domain/orders/index.ts';
import {
  createSandboxBank,
  createSandboxProvider,
  paymentProvidersPort,
  paymentSettingsPort,
  type SandboxBank,
} from './domain/payments/index.ts';
import { createSandboxOnboarding, ledgerAlarmPort, payoutSettingsPort } from './domain/payouts/index.ts';
import { events, personalData, snapshots } from './domain/registry.ts';
import { streamSettingsPort } from './domain/streams/index.ts';
import { membershipPort, snapshotSourcesPort } from './domain/sync/index.ts';
import { verificationSettingsPort } from './domain/verification/index.ts';
import type { Metrics } from './http/index.ts';
import type { Log } from './log.ts';
import type { Rooms } from './rooms/index.ts';

export interface BoundPorts {
  readonly ports: Ports;
  /** Set when uploads live on this disk; HTTP serves them then. */
  readonly disk: DiskStore | null;
  /** The bank behind sandbox payments; to be started where jobs run. */
  readonly bank: SandboxBank | null;
}

const providerTimeoutMs = 20_000;

interface Wiring {
  readonly clock: Clock;
  readonly rooms: Rooms;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly sql: () => Sql;
}

/** Gives every port of the domain its implementation and settings. */
export function bindPorts(config: Config, wiring: Wiring): BoundPorts {
  const { clock, rooms, log, metrics } = wiring;
  const bank = config.SANDBOX_PAYMENTS ? openBank(config, wiring) : null;
  const providers = bank ? [createSandboxProvider(bank, { secret: config.SANDBOX_WEBHOOK_SECRET, clock })] : [];
  const disk = config.S3_BUCKET ? null : openDisk(config, clock);
  const ports = new Ports()
    .bind(clockPort, clock)
    .bind(tokensPort, openTokens(config, clock))
    .bind(telegramPort, telegramSettings(config))
    .bind(identitySettingsPort, {
      keys: deriveKeys(config.ACCOUNT_PEPPER),
      resetUrl: config.PASSWORD_RESET_URL,
    })
    .bind(objectStorePort, disk?.store ?? openBucket(config))
    .bind(audiencePort, rooms.audience)
    .bind(membershipPort, rooms.membership)
    .bind(snapshotSourcesPort, { parts: snapshots, events })
    .bind(personalDataPort, personalData)
    .bind(verificationSettingsPort, {
      numberKey: config.DOCUMENT_NUMBER_KEY ?? keyFrom(config.JWT_SECRET, 'document numbers'),
      documentsKeptMs: config.DOCUMENTS_KEPT,
    })
    .bind(offerSettingsPort, { ttlMs: config.OFFER_TTL, checkoutWindowMs: config.OFFER_CHECKOUT_WINDOW })
    .bind(orderSettingsPort, {
      paymentWindowMs: config.PAYMENT_WINDOW,
      sellerResponseMs: config.SELLER_RESPONSE_WINDOW,
      handlingMs: config.ORDER_HANDLING_WINDOW,
      pickupMs: config.PICKUP_WINDOW,
      autoReceiveMs: config.AUTO_RECEIVE_AFTER,
    })
    .bind(disputeSettingsPort, { answerMs: config.DISPUTE_ANSWER_WINDOW })
    .bind(escrowSettingsPort, {
      feeBps: config.PLATFORM_FEE_BPS,
      reserveBps: config.SELLER_RESERVE_BPS,
      reserveMs: config.SELLER_RESERVE_FOR,
    })
    .bind(paymentProvidersPort, new Map(providers.map((provider) => [provider.name, provider])))
    .bind(paymentSettingsPort, {
      callTimeoutMs: providerTimeoutMs,
      alarm(refusal) {
        metrics.refusedMessage(refusal.provider);
        log.warn(refusal, 'a message of a payment provider was not believed');
      },
      differs(difference) {
        metrics.difference(difference);
        log.warn(difference, 'the books of a payment provider and ours do not agree');
      },
    })
    .bind(payoutSettingsPort, {
      minAmountMinor: config.PAYOUT_MIN_MINOR,
      withdrawnMinorPerDay: config.WITHDRAWN_MINOR_PER_DAY,
      withdrawalsPerDay: config.WITHDRAWALS_PER_DAY,
      onboarding: bank && createSandboxOnboarding({ publicUrl: config.PUBLIC_URL }),
    })
    .bind(ledgerAlarmPort, {
      report(differences) {
        metrics.ledgerImbalance(differences.length);
        if (differences.length > 0) log.error({ differences: differences.slice(0, 20) }, 'the books do not agree');
      },
    })
    .bind(streamSettingsPort, { ingestUrl: config.RTMP_URL, hlsUrl: config.HLS_URL });
  bindMessages(ports, config, { log, metrics, unsubscribeKey: keyFrom(config.ACCOUNT_PEPPER, 'unsubscribe') });
  return { ports, disk, bank };
}

function openTokens(config: Config, clock: Clock): Tokens {
  const { JWT_PRIVATE_KEY: privateKeys, JWT_SECRET: secret, JWT_PREVIOUS_SECRETS: previousSecrets } = config;
  try {
    return createTokens({
      key: { ...(privateKeys === undefined ? { secret } : { privateKeys }), previousSecrets },
      issuer: config.JWT_ISSUER,
      audience: config.JWT_AUDIENCE,
      accessTtlMs: config.ACCESS_TTL,
      refreshTtlMs: config.REFRESH_TTL,
      sessionMaxAgeMs: config.SESSION_MAX_AGE,
      clock,
    });
  } catch (error) {
    if (!(error instanceof KeyError)) throw error;
    const name = privateKeys === undefined ? 'JWT_SECRET or JWT_PREVIOUS_SECRETS' : 'JWT_PRIVATE_KEY';
    throw new ConfigError(`${name}: ${error.message}`);
  }
}

function telegramSettings(config: Config): TelegramSettings {
  const { TELEGRAM_BOT_TOKEN: token, TELEGRAM_BOT_ID: botId, TELEGRAM_ENVIRONMENT: environment } = config;
  const initDataTtlMs = config.TELEGRAM_INIT_DATA_TTL;
  if (token !== undefined) return { bot: { token }, initDataTtlMs };
  return { bot: botId === undefined ? null : { botId, environment }, initDataTtlMs };
}

/** A key for one purpose out of a secret that has another. */
function keyFrom(secret: string, purpose: string): string {
  return createHmac('sha256', secret).update(purpose).digest('base64url');
}

function openBank(config: Config, { clock, sql, log }: Wiring): SandboxBank {
  return createSandboxBank({
    sql,
    clock,
    webhookUrl: config.SANDBOX_WEBHOOK_URL ?? `${config.PUBLIC_URL}/v1/webhooks/sandbox`,
    secret: config.SANDBOX_WEBHOOK_SECRET,
    confirmAfterMs: config.SANDBOX_CONFIRM_AFTER,
    onError: (error) => log.warn({ err: error }, 'the sandbox bank has trouble'),
  });
}

function openDisk(config: Config, clock: Clock): DiskStore {
  return createDiskStore({
    folder: join(config.DATA_DIR, 'uploads'),
    publicUrl: config.PUBLIC_URL,
    secret: config.JWT_SECRET,
    clock,
  });
}

function openBucket(config: Config) {
  const { S3_ENDPOINT: endpoint, S3_REGION: region, S3_BUCKET: bucket = '' } = config;
  const aws = `https://${bucket}.s3.${region}.amazonaws.com`;
  return createS3Store({
    ...(endpoint ? { endpoint } : {}),
    region,
    bucket,
    accessKey: config.S3_ACCESS_KEY ?? '',
    secretKey: config.S3_SECRET_KEY ?? '',
    pathStyle: config.S3_PATH_STYLE,
    publicUrl: config.S3_PUBLIC_URL ?? (endpoint ? `${endpoint}/${bucket}` : aws),
  });
}
