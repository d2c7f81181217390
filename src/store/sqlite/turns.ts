import { setImmediate } from 'node:timers/promises';

/** Maximum time for which jobs follow each other without a pause, in milliseconds. */
const maxTurnMs = 5;

/**
 * Runs jobs that occupy the process one after the other, with pauses for the event loop. Otherwise a caller that awaits only such jobs would
 * delay requests, timers and connections as long as it has any.
 */
export class Turns {
  readonly #waiting: (() => Promise<void>)[] = [];
  readonly #clock: () => number;
  #running = false;
  /** When the present turn of the event loop began; null: no job has run in it. */
  #began: number | null = null;

  /** `clock`: monotonic, in milliseconds. */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** Runs the job after those that wait already. */
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
      // Runs when the event loop has had a turn without a forced pause.
      void setImmediate().then(() => {
        this.#began = null;
      });
    } else if (now - this.#began >= maxTurnMs) {
      await setImmediate();
      await this.#turn();
    }
  }
}
