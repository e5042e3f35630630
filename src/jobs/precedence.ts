import type { Job, JobContext } from '../domain/kernel/index.ts';

const lookEveryMs = 50;
/** What is patient still gets its turn: after this long the next step is made beside the urgent work. */
const waitMaxMs = 5_000;

/** Lets urgent jobs of this process go before patient ones, which share its one core with them. */
export class Precedence {
  #urgent = 0;

  /** The job, counted while it is at work where it is urgent. */
  of(job: Job): Job {
    if (!job.isUrgent) return job;
    return { ...job, run: (context: JobContext) => this.#counted(job, context) };
  }

  /** Resolves once no urgent job is at work, or after a while, or when the process drains. */
  async turn(signal: AbortSignal): Promise<void> {
    const endsAt = performance.now() + waitMaxMs;
    while (this.#urgent > 0 && !signal.aborted && performance.now() < endsAt) {
      await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
    }
  }

  async #counted(job: Job, context: JobContext): Promise<number | void> {
    this.#urgent += 1;
    try {
      return await job.run(context);
    } finally {
      this.#urgent -= 1;
    }
  }
}
