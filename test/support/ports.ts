import { audiencePort, personalDataPort, type Ports } from '../../src/domain/kernel/index.ts';
import { telegramPort } from '../../src/domain/identity/index.ts';
import { deriveKeys, identitySettingsPort } from '../../src/domain/identity/index.ts';
import { offerSettingsPort } from '../../src/domain/offers/index.ts';
import { addressBookPort, outboxSettingsPort, sendersPort } from '../../src/domain/outbox/index.ts';
import { addressBook, preferenceSettingsPort } from '../../src/domain/preferences/index.ts';
import { disputeSettingsPort } from '../../src/domain/disputes/index.ts';
import { escrowSettingsPort } from '../../src/domain/escrow/index.ts';
import { orderSettingsPort } from '../../src/domain/orders/index.ts';
import { paymentProvidersPort, paymentSettingsPort } from '../../src/domain/payments/index.ts';
import { createSandboxOnboarding, ledgerAlarmPort, payoutSettingsPort } from '../../src/domain/payouts/index.ts';
import { events, personalData, snapshots } from '../../src/domain/registry.ts';
import { streamSettingsPort } from '../../src/domain/streams/index.ts';
import { membershipPort, snapshotSourcesPort } from '../../src/domain/sync/index.ts';
import { verificationSettingsPort } from '../../src/domain/verification/index.ts';
import { memoryRooms } from './rooms.ts';
import { bindTestDisk } from './disk.ts';
import { testBotToken } from './telegram.ts';

/** Binds every port of the domain for tests: real code on temporary folders, fakes only for outside parties. */
export function bindTestPorts(ports: Ports): void {
  ports.bind(identitySettingsPort, {
    keys: deriveKeys('test-pepper-of-32-characters-long'),
    resetUrl: 'https://market.test/reset-password',
  });
  ports.bind(streamSettingsPort, { ingestUrl: 'rtmp://media.test/live', hlsUrl: 'https://media.test/hls' });
  ports.bind(verificationSettingsPort, { numberKey: 'a-key-for-tests', documentsKeptMs: 90 * 86_400_000 });
  ports.bind(offerSettingsPort, { ttlMs: 48 * 3_600_000, checkoutWindowMs: 900_000 });
  ports.bind(orderSettingsPort, {
    paymentWindowMs: 900_000,
    sellerResponseMs: 72 * 3_600_000,
    handlingMs: 7 * 86_400_000,
    pickupMs: 14 * 86_400_000,
    autoReceiveMs: 7 * 86_400_000,
  });
  ports.bind(disputeSettingsPort, { answerMs: 72 * 3_600_000 });
  ports.bind(escrowSettingsPort, { feeBps: 500, reserveBps: 0, reserveMs: 30 * 86_400_000 });
  ports.bind(ledgerAlarmPort, { report: () => {} });
  ports.bind(payoutSettingsPort, {
    minAmountMinor: 100,
    withdrawalsPerDay: 5,
    withdrawnMinorPerDay: 100_000_000,
    onboarding: createSandboxOnboarding({ publicUrl: 'https://market.test' }),
  });
  ports.bind(paymentSettingsPort, { callTimeoutMs: 2_000, alarm: () => {}, differs: () => {} });
  // The sandbox bank keeps its books in the database: `openBank` of test/payments/bank.ts binds it to a harness.
  ports.bind(paymentProvidersPort, new Map());
  ports.bind(telegramPort, { bot: { token: testBotToken }, initDataTtlMs: 3_600_000 });
  // Tests of messages bind senders of their own; nothing leaves otherwise.
  ports.bind(sendersPort, new Map());
  ports.bind(addressBookPort, addressBook);
  ports.bind(outboxSettingsPort, { callTimeoutMs: 2_000, observe: () => {}, unwritten });
  ports.bind(preferenceSettingsPort, {
    pushServices: ['push.test', '*.push.test'],
    unsubscribe: { key: 'a-key-for-tests', url: 'https://market.test/v1/unsubscribe' },
  });
  bindTestDisk(ports);
  ports.bind(audiencePort, memoryRooms.audience);
  ports.bind(membershipPort, memoryRooms.membership);
  ports.bind(snapshotSourcesPort, { parts: snapshots, events });
  ports.bind(personalDataPort, personalData);
}

/** What areas say is declared in many places and worded in one. */
function unwritten(template: string, reason: string): never {
  throw new Error(`${template} cannot be written: ${reason}`);
}
