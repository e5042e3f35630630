/** The key of something that a command needs from outside the domain: storage, a payment provider, settings. */
export interface Port<T> {
  readonly name: string;
  /** Carries the type only; never set. */
  readonly type?: T;
}

/** Declares a port beside the interface it stands for; the composition root binds an implementation to it. */
export function definePort<T>(name: string): Port<T> {
  return { name };
}

/** Implementations by port. Asking for an unbound port is a wiring bug and throws. */
export class Ports {
  readonly #bound = new Map<string, unknown>();

  bind<T>(port: Port<T>, implementation: T): this {
    this.#bound.set(port.name, implementation);
    return this;
  }

  get<T>(port: Port<T>): T {
    if (!this.#bound.has(port.name)) throw new Error(`port ${port.name} is not bound`);
    return this.#bound.get(port.name) as T;
  }
}
