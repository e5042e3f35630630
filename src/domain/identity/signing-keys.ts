import { createHash, createPrivateKey, createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';

/** A key and the one algorithm that it may be used with. */
export interface TokenKey {
  readonly algorithm: 'HS256' | 'RS256' | 'ES256';
  /** Names the key in the header; secrets have no name. */
  readonly keyId: string | null;
  readonly verifyKey: KeyObject;
}

/** The first key signs; the others are for tokens that were signed before a change of keys. */
export interface KeyRing {
  readonly signing: TokenKey & { readonly signKey: KeyObject };
  readonly verifying: readonly TokenKey[];
}

export interface KeySettings {
  /** PEM blocks, one after another: the first is private and signs, the others, private or public, only verify. */
  readonly privateKeys?: string;
  readonly secret?: string;
  /** Secrets whose tokens are still good. */
  readonly previousSecrets?: readonly string[];
}

/** What is wrong with a key, for the operator. */
export class KeyError extends Error {
  override readonly name = 'KeyError';
}

/** RFC 7518, section 3.2: no shorter than the hash. */
const secretBytesMin = 32;
/** RFC 7518, section 3.3. */
const rsaBitsMin = 2_048;
/** Verifying with a huge exponent or modulus takes long. */
const rsaBitsMax = 8_192;
const keysMax = 8;

/** Reads keys and refuses weak ones with a `KeyError`. */
export function readKeyRing({ privateKeys, secret, previousSecrets = [] }: KeySettings): KeyRing {
  const secrets = previousSecrets.map(secretKey);
  if (privateKeys === undefined) {
    if (secret === undefined) throw new KeyError('neither a secret nor a private key is given');
    const key = secretKey(secret);
    return { signing: { ...key, signKey: key.verifyKey }, verifying: [key, ...secrets] };
  }
  const blocks = pemBlocks(privateKeys);
  const keys = blocks.map(asymmetricKey);
  const [signing] = keys;
  if (!signing) throw new KeyError('there is no PEM block in it');
  if (keys.length > keysMax) throw new KeyError(`at most ${keysMax} keys are taken`);
  if (!signing.signKey) throw new KeyError('the first key signs, so it must be a private one');
  const ids = new Set(keys.map(({ keyId }) => keyId));
  if (ids.size < keys.length) throw new KeyError('a key is given twice');
  return { signing: { ...signing, signKey: signing.signKey }, verifying: [...keys, ...secrets] };
}

/** A JWK set (RFC 7517) of the public keys. Secrets are not in it, private parts neither. */
export function publicKeySet({ verifying }: KeyRing): { keys: Record<string, unknown>[] } {
  const keys = verifying.flatMap(({ algorithm, keyId, verifyKey }) =>
    keyId === null ? [] : [{ ...publicJwk(verifyKey), kid: keyId, alg: algorithm, use: 'sig' }],
  );
  return { keys };
}

function secretKey(secret: string): TokenKey {
  if (Buffer.byteLength(secret) < secretBytesMin) throw new KeyError(`a secret needs ${secretBytesMin} bytes or more`);
  return { algorithm: 'HS256', keyId: null, verifyKey: createSecretKey(secret, 'utf8') };
}

/** The blocks of a file or a variable, where line ends may be written as `\n`. */
function pemBlocks(text: string): string[] {
  const pem = text.replaceAll(String.raw`\n`, '\n');
  const blocks = pem.match(/-----BEGIN ([A-Z ]+)-----[^-]+-----END \1-----/g) ?? [];
  const begun = pem.match(/-----BEGIN /g) ?? [];
  if (blocks.length < begun.length) throw new KeyError('a PEM block is cut off');
  return blocks;
}

function asymmetricKey(pem: string, index: number): TokenKey & { readonly signKey: KeyObject | null } {
  const which = `key ${index + 1}`;
  const signKey = pem.includes(' PRIVATE KEY-----') ? parsed(which, () => createPrivateKey(pem)) : null;
  const verifyKey = parsed(which, () => createPublicKey(signKey ?? pem));
  return { algorithm: algorithmOf(which, verifyKey), keyId: thumbprint(verifyKey), verifyKey, signKey };
}

/** The cause may quote the key, so it is not told. */
function parsed(which: string, read: () => KeyObject): KeyObject {
  try {
    return read();
  } catch {
    throw new KeyError(`${which} is not a PEM key without a passphrase`);
  }
}

function algorithmOf(which: string, { asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject) {
  if (type === 'rsa') {
    const bits = details?.modulusLength ?? 0;
    if (bits < rsaBitsMin || bits > rsaBitsMax)
      throw new KeyError(`${which} is an RSA key of ${bits} bits; ${rsaBitsMin} to ${rsaBitsMax} are taken`);
    return 'RS256';
  }
  if (type === 'ec' && details?.namedCurve === 'prime256v1') return 'ES256';
  const curve = details?.namedCurve ? ` on the curve ${details.namedCurve}` : '';
  throw new KeyError(`${which} is of type ${type ?? 'unknown'}${curve}; RSA keys and EC keys on P-256 are taken`);
}

/** RFC 7638: the hash of the required members, in lexicographic order. */
function thumbprint(key: KeyObject): string {
  const members = Object.entries(publicJwk(key)).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify(Object.fromEntries(members)))
    .digest('base64url');
}

/** Only the members that make up a public key. */
function publicJwk(key: KeyObject): Record<string, unknown> {
  const { kty, n, e, crv, x, y } = key.export({ format: 'jwk' });
  return kty === 'RSA' ? { kty, n, e } : { kty, crv, x, y };
}
