import type { Channel, Sender } from '../channel.ts';

/** For development, where nothing is configured: to the log, so that a code can be typed in by hand. */
export function createLogSender(
  channel: Channel,
  log: (message: { channel: Channel; recipient: string; title: string; text: string }) => void,
): Sender {
  return {
    async send({ recipient, written }) {
      log({ channel, recipient, title: written.title, text: channel === 'sms' ? written.sms : written.body });
      return { kind: 'sent' };
    },
  };
}
