/** A promise of the server that did not come true. */
export class DemoFailure extends Error {}

/** Fails the demo unless the server did what was expected. */
export function expect(condition: unknown, expectation: string): asserts condition {
  if (!condition) throw new DemoFailure(`expected: ${expectation}`);
}

/** Prints what happens, with the time since the start and who it happened to. */
export class Timeline {
  readonly #startedAt = performance.now();
  #lines = 0;

  get secondsPassed(): number {
    return (performance.now() - this.#startedAt) / 1000;
  }

  get lines(): number {
    return this.#lines;
  }

  chapter(title: string): void {
    console.log(`\n── ${title} ${'─'.repeat(Math.max(0, 76 - title.length))}`);
  }

  line(who: string, what: string): void {
    this.#lines += 1;
    console.log(`${this.secondsPassed.toFixed(2).padStart(7)}s  ${who.padEnd(8)} ${what}`);
  }
}

export async function within<T>(promise: Promise<T>, timeoutMs: number, expectation: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new DemoFailure(`expected within ${timeoutMs / 1000} s: ${expectation}`)),
      timeoutMs,
    );
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
