import { Api, GrammyError, HttpError } from 'grammy';
import type { Outcome, Sender } from '../channel.ts';
import { later, noAnswer } from './http.ts';

interface TelegramSettings {
  readonly botToken: string;
  readonly apiRoot: string;
}

/** Messages of the bot, as plain text: nothing in them is read as markup. */
export function createTelegramSender({ botToken, apiRoot }: TelegramSettings): Sender {
  const api = new Api(botToken, { apiRoot });
  return {
    async send({ recipient, written }, signal) {
      try {
        const { title, body } = written;
        // grammY has the type of a signal of its own, older than the platform's.
        await api.sendMessage(recipient, `${title}\n\n${body}`.slice(0, 4_096), {}, signal as never);
        return { kind: 'sent' };
      } catch (error) {
        return outcomeOf(error);
      }
    },
  };
}

function outcomeOf(error: unknown): Outcome {
  if (error instanceof GrammyError) {
    const { error_code: code, description, parameters } = error;
    const reason = `telegram ${code}: ${description}`;
    const afterMs = parameters.retry_after === undefined ? undefined : parameters.retry_after * 1000;
    if (code === 429 || code >= 500) return later(reason, afterMs);
    if (code === 403 || (code === 400 && description.includes('chat not found')))
      return { kind: 'unreachable', reason };
    // 401 and 404 are a wrong token of ours.
    return { kind: code === 401 || code === 404 ? 'retry' : 'failed', reason };
  }
  return noAnswer(error instanceof HttpError ? error.error : error);
}
