export type Off = () => void;

type Listener = (payload: never) => void;

/** Listeners by name. One that throws does not keep the others from hearing: its error surfaces as uncaught. */
export class Emitter {
  readonly #listeners = new Map<string, Set<Listener>>();

  on(name: string, listener: Listener): Off {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  emit(name: string, payload: unknown): void {
    for (const listener of this.#listeners.get(name) ?? []) guarded(() => listener(payload as never));
  }
}

/** Runs foreign code in the middle of ours. */
export function guarded(run: () => void): void {
  try {
    run();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
