import { createHmac } from 'node:crypto';
import type { Tx } from '../kernel/define.ts';
import type { DocumentKind } from './entities.ts';
import { verificationSettingsPort } from './settings.ts';

/**
 * What is kept of a document's number. Numbers are short enough to try them all, so the hash is keyed; spaces, dashes
 * and case differ from typist to typist and do not count.
 */
export function keptOfNumber(
  { port }: Pick<Tx, 'port'>,
  kind: DocumentKind,
  documentNumber: string | undefined,
): { numberEnding: string | null; numberHash: string | null } {
  const plain = documentNumber?.toUpperCase().replaceAll(/[^\p{L}\p{N}]/gu, '') ?? '';
  if (plain === '') return { numberEnding: null, numberHash: null };
  const { numberKey } = port(verificationSettingsPort);
  const numberHash = createHmac('sha256', numberKey).update(`${kind}:${plain}`).digest('base64url');
  // Never more than half of a short one.
  const shown = Math.min(4, Math.floor(plain.length / 2));
  return { numberEnding: shown === 0 ? '' : plain.slice(-shown), numberHash };
}
