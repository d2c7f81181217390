import { setImmediate } from 'node:timers/promises';

/** For so long reads may follow each other before everybody else has a turn, in milliseconds. */
const maxTurnMs = 5;

/**
 * Runs jobs that occupy the process one after the other, and lets the rest of it go on between them: a caller who awaits nothing but such jobs
 * would hold up requests, timers and connections for as long as there are any.
 */
export class Turns {
  readonly #waiting: (() => Promise<void>)[] = [];
  readonly #clock: () => number;
  #running = false;
  /** When the present turn began; null: a new one has begun since the last job. */
  #began: number | null = null;

  /** `clock`: monotonic, in milliseconds. */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** Runs the job in its turn. */
  run<T>(job: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push(() => job().then(resolve, reject));
      if (!this.#running) void this.#runAll();
    });
  }

  async #runAll(): Promise<void> {
    this.#running = true;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      await this.#turn();
      await next();
    }
    this.#running = false;
  }

  async #turn(): Promise<void> {
    const now = this.#clock();
    if (this.#began === null) {
      this.#began = now;
      // Comes when the process has had its turn by itself.
      void setImmediate().then(() => {
        this.#began = null;
      });
    } else if (now - this.#began >= maxTurnMs) {
      await setImmediate();
      await this.#turn();
    }
  }
}
