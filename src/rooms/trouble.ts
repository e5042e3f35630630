/** The part of a logger that rooms use; pino fits. */
export interface RoomsLog {
  warn(details: object, message: string): void;
}

const quietMs = 5_000;

/** Warns of failures that come in floods: at most one line for each kind in five seconds, with the number left out. */
export class Trouble {
  readonly #log: RoomsLog;
  readonly #kinds = new Map<string, { toldAt: number; silenced: number }>();

  constructor(log: RoomsLog) {
    this.#log = log;
  }

  report(message: string, error: unknown): void {
    const now = performance.now();
    const known = this.#kinds.get(message);
    if (known && now - known.toldAt < quietMs) {
      known.silenced += 1;
      return;
    }
    const reason = error instanceof Error ? error.message : String(error);
    this.#log.warn({ reason, silenced: known?.silenced ?? 0 }, message);
    this.#kinds.set(message, { toldAt: now, silenced: 0 });
  }
}
