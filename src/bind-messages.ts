import type { Config } from './config.ts';
import type { Ports } from './domain/kernel/index.ts';
import {
  addressBookPort,
  channels,
  createEmailSender,
  createLogSender,
  createPushSender,
  createTelegramSender,
  createTwilioSender,
  outboxSettingsPort,
  sendersPort,
  type Channel,
  type Sender,
} from './domain/outbox/index.ts';
import { addressBook, preferenceSettingsPort } from './domain/preferences/index.ts';
import type { Metrics } from './http/index.ts';
import type { Log } from './log.ts';

const callTimeoutMs = 20_000;

/** Gives the outbox its ways out: those that are configured, and the log in development for the others. */
export function bindMessages(
  ports: Ports,
  config: Config,
  { log, metrics, unsubscribeKey }: { log: Log; metrics: Metrics; unsubscribeKey: string },
): void {
  ports
    .bind(sendersPort, openSenders(config, log))
    .bind(addressBookPort, addressBook)
    .bind(preferenceSettingsPort, {
      pushServices: config.WEB_PUSH_HOSTS,
      unsubscribe: { key: unsubscribeKey, url: `${config.PUBLIC_URL}/v1/unsubscribe` },
    })
    .bind(outboxSettingsPort, {
      callTimeoutMs,
      observe(delivered) {
        metrics.message(delivered);
        const isFine = delivered.outcome === 'sent';
        // Never the recipient or the text: reasons are the provider's words.
        log[isFine ? 'debug' : 'warn'](delivered, isFine ? 'a message was sent' : 'a message was not sent');
      },
      unwritten(template, reason) {
        metrics.unwrittenText();
        log.error({ template, reason }, 'a text could not be written');
      },
    });
}

function openSenders(config: Config, log: Log): ReadonlyMap<Channel, Sender> {
  const configured: Readonly<Record<Channel, Sender | null>> = {
    email: config.SMTP_URL
      ? createEmailSender({ url: config.SMTP_URL, from: config.MAIL_FROM, timeoutMs: callTimeoutMs })
      : null,
    sms: openSms(config),
    push: openPush(config),
    telegram: config.TELEGRAM_BOT_TOKEN
      ? createTelegramSender({ botToken: config.TELEGRAM_BOT_TOKEN, apiRoot: config.TELEGRAM_API_ROOT })
      : null,
  };
  const missing = channels.filter((channel) => configured[channel] === null);
  const isProduction = config.NODE_ENV === 'production';
  if (isProduction && missing.length > 0) log.warn({ channels: missing }, 'messages of these channels are not sent');
  // Codes must not end up in the log of a real market.
  const standIn = (channel: Channel) =>
    isProduction ? null : createLogSender(channel, (message) => log.info(message, 'a message for a person'));
  const senders = channels.map((channel) => [channel, configured[channel] ?? standIn(channel)] as const);
  return new Map(senders.filter((pair): pair is readonly [Channel, Sender] => pair[1] !== null));
}

function openSms(config: Config): Sender | null {
  const { TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: authToken, TWILIO_FROM: from } = config;
  if (!accountSid || !authToken || !from) return null;
  return createTwilioSender({ accountSid, authToken, from, baseUrl: config.TWILIO_BASE_URL });
}

function openPush(config: Config): Sender | null {
  const { FCM_PROJECT_ID: projectId, FCM_CLIENT_EMAIL: clientEmail, FCM_PRIVATE_KEY: privateKey } = config;
  const { VAPID_PUBLIC_KEY: publicKey, VAPID_PRIVATE_KEY: vapidKey, VAPID_SUBJECT: subject } = config;
  const endpoints = { baseUrl: config.FCM_BASE_URL, tokenUrl: config.FCM_TOKEN_URL };
  const fcm = projectId && clientEmail && privateKey ? { projectId, clientEmail, privateKey, ...endpoints } : null;
  const pushServices = config.WEB_PUSH_HOSTS;
  const web = publicKey && vapidKey && subject ? { publicKey, privateKey: vapidKey, subject, pushServices } : null;
  return fcm || web ? createPushSender({ fcm, web }) : null;
}
