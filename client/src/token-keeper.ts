import { toSokoError } from './errors.ts';
import type { Tokens } from './protocol.ts';

export interface TokenKeeperParts {
  readonly url: string;
  readonly tokens: Tokens | null;
  readonly onTokens: (tokens: Tokens) => void;
}

const answerWithinMs = 15_000;

/** Holds the tokens of one session and renews them over HTTP, which works while there is no socket. */
export class TokenKeeper {
  readonly #parts: TokenKeeperParts;
  #tokens: Tokens | null;
  #renewal: Promise<string | null> | null = null;

  constructor(parts: TokenKeeperParts) {
    this.#parts = parts;
    this.#tokens = parts.tokens;
  }

  get accessToken(): string | null {
    return this.#tokens?.accessToken ?? null;
  }

  keep(tokens: Tokens): void {
    this.#tokens = tokens;
    this.#parts.onTokens(tokens);
  }

  /**
   * A fresh access token, or null when the session is over. A refresh token works once: those who ask while one is
   * under way share its answer.
   * @throws SokoError when there is no answer; the old refresh token may be shown again for a minute.
   */
  renew(): Promise<string | null> {
    this.#renewal ??= this.#ask().finally(() => {
      this.#renewal = null;
    });
    return this.#renewal;
  }

  async #ask(): Promise<string | null> {
    if (!this.#tokens) return null;
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
      return this.accessToken;
    }
    const error = toSokoError(answer.error);
    if (error.retry !== 'never') throw error;
    this.#tokens = null;
    return null;
  }
}
