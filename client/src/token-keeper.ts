import { toSokoError, type SokoError } from './errors.ts';
import type { Tokens } from './protocol.ts';

export interface TokenKeeperParts {
  readonly url: string;
  readonly tokens: Tokens | null;
  /** Whether the initData of a Mini App can open another session. */
  readonly telegram: boolean;
  /** Told null once the session is over. */
  readonly onTokens: (tokens: Tokens | null) => void;
}

const answerWithinMs = 15_000;

/** Holds the tokens of one session and renews them over HTTP, which works while there is no socket. */
export class TokenKeeper {
  readonly #parts: TokenKeeperParts;
  #tokens: Tokens | null;
  #renewal: Promise<string | null> | null = null;
  /** Why the session is over. */
  #end: SokoError | null = null;

  constructor(parts: TokenKeeperParts) {
    this.#parts = parts;
    this.#tokens = parts.tokens;
  }

  /**
   * The access token that there is, or null where initData or a cookie has to do.
   * @throws SokoError when the session is over and nothing opens another one. A suspension is not to be got round.
   */
  current(): string | null {
    if (this.#end && (!this.#parts.telegram || this.#end.code === 'auth.suspended')) throw this.#end;
    return this.#tokens?.accessToken ?? null;
  }

  keep(tokens: Tokens): void {
    this.#end = null;
    this.#tokens = tokens;
    this.#parts.onTokens(tokens);
  }

  /** Forgets the tokens of a session that is over. */
  drop(reason: SokoError): void {
    if (!this.#tokens) return;
    this.#tokens = null;
    this.#end = reason;
    this.#parts.onTokens(null);
  }

  /**
   * A fresh access token; without one, as `current`. A refresh token works once: those who ask while one is under way
   * share its answer.
   * @throws SokoError whose retry is `never` when the session is over; any other when there is no answer: the old
   * refresh token may then be shown again for a minute.
   */
  renew(): Promise<string | null> {
    this.#renewal ??= this.#ask().finally(() => {
      this.#renewal = null;
    });
    return this.#renewal;
  }

  async #ask(): Promise<string | null> {
    if (!this.#tokens) return this.current();
    const response = await fetch(new URL('/v1/auth/refresh', this.#parts.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ refresh_token: this.#tokens.refreshToken }),
      // The tokens are in the body: cookies of another session must not be touched.
      credentials: 'omit',
      signal: AbortSignal.timeout(answerWithinMs),
    });
    const answer = (await response.json()) as Record<string, unknown>;
    if (response.ok) {
      this.keep({
        accessToken: String(answer.access_token),
        refreshToken: String(answer.refresh_token),
        tokenType: 'Bearer',
        expiresIn: Number(answer.expires_in),
      });
      return this.current();
    }
    const error = toSokoError(answer.error);
    if (error.retry !== 'never') throw error;
    this.drop(error);
    return this.current();
  }
}
