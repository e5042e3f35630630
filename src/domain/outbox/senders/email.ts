import { createTransport } from 'nodemailer';
import type { Outcome, Parcel, Sender } from '../channel.ts';
import type { Written } from '../write.ts';

interface EmailSettings {
  /** `smtp://` or `smtps://`, with user and password where the server wants them. */
  readonly url: string;
  readonly from: string;
  readonly timeoutMs: number;
}

/** What nodemailer tells of a failure. */
interface SmtpError {
  readonly code?: string;
  readonly originalCode?: string;
  readonly responseCode?: number;
  readonly command?: string;
  readonly message: string;
}

/**
 * E-mail over SMTP. The message's id is its Message-ID in every attempt, so that mailboxes can drop a repetition.
 * Header injection is nodemailer's to prevent, which folds or encodes what it is given; subjects are one line anyway.
 */
export function createEmailSender({ url, from, timeoutMs }: EmailSettings): Sender {
  const transport = createTransport({
    url,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    // Contents are text: nothing may be read from files or addresses on our side.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const domain = /@([\w.-]+)/.exec(from)?.[1] ?? 'localhost';
  return {
    async send({ id, recipient, written, unsubscribeUrl }: Parcel) {
      try {
        await transport.sendMail({
          from,
          // As an object: a string would be parsed, and a comma in it would add a recipient.
          to: { name: '', address: recipient },
          subject: written.title,
          text: written.body,
          html: htmlOf(written),
          messageId: `<${id}@${domain}>`,
          headers: {
            'Auto-Submitted': 'auto-generated',
            'X-Auto-Response-Suppress': 'All',
            ...(unsubscribeUrl ? oneClick(unsubscribeUrl) : {}),
          },
        });
        return { kind: 'sent' };
      } catch (error) {
        return outcomeOf(error as SmtpError);
      }
    },
  };
}

/** RFC 8058: mail programs show a button that posts to the address. */
function oneClick(url: string): Record<string, string> {
  return { 'List-Unsubscribe': `<${url}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' };
}

/** Codes at which no message can have been taken: not connected, no TLS, not signed in. */
const beforeSending = new Set(['EDNS', 'ETLS', 'EAUTH', 'ENOAUTH', 'ECONNREFUSED', 'ENOTFOUND', 'EREQUIRETLS']);

function outcomeOf({ code = '', originalCode = '', responseCode, command, message }: SmtpError): Outcome {
  const reason = `${code} ${message}`.trim().slice(0, 300);
  // A wrong password of ours must not cost people their messages: they wait until it is mended.
  if (beforeSending.has(code) || beforeSending.has(originalCode)) return { kind: 'retry', reason };
  if (responseCode !== undefined && responseCode >= 400 && responseCode < 500) return { kind: 'retry', reason };
  if (responseCode !== undefined && responseCode >= 500)
    return { kind: command === 'RCPT TO' ? 'unreachable' : 'failed', reason };
  // Refused before anything was sent, such as an address that is none.
  if (code === 'EENVELOPE' || code === 'EMESSAGE') return { kind: 'failed', reason };
  return { kind: 'unknown', reason };
}

export function htmlOf({ title, body, locale }: Written): string {
  const direction = locale === 'ar' ? 'rtl' : 'ltr';
  const paragraphs = body.split('\n').map((line) => `<p>${escapeHtml(line)}</p>`);
  return [
    `<!doctype html><html lang="${locale}" dir="${direction}"><head><meta charset="utf-8"><title>${escapeHtml(title)}`,
    `</title></head><body dir="${direction}" style="font-family:sans-serif;line-height:1.5;max-width:36em">`,
    `<h1 style="font-size:1.2em">${escapeHtml(title)}</h1>${paragraphs.join('')}</body></html>`,
  ].join('');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
}
