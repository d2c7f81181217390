import type { Migration } from '../../src/domain/migration.ts';
import { StoreOutcomeUnknown, StoreUnavailable, type UpdateOptions } from '../../src/domain/store.ts';
import { systemRuntime } from '../../src/runtime.ts';

/** Calls that commit a part of a request or of a vendor call. */
const committing: readonly string[] = [
  'create',
  'update',
  'remove',
  'createWebhook',
  'updateWebhook',
  'removeWebhook',
  'completeIdempotencyKey',
];
/** Functions that need no answer of the database. */
const local: readonly string[] = ['onChange', 'receivesNotifications', 'clockOffset', 'close', 'health'];

/** Start and length of an outage of the store. */
export interface Outage {
  /** The commit, counted from 1, at which the outage begins. */
  readonly atCommit: number;
  /** Whether the answer of that commit is lost too. */
  readonly answer: 'kept' | 'lost';
  readonly awayMs: number;
}

/** A store with planned outages. */
export class Mood {
  #outage: Outage | null = null;
  #commits = 0;
  #created: string | null = null;
  #awayUntil = 0;

  /** Plans the next outage. Counts commits from now on. */
  expect(outage: Outage): void {
    this.#outage = outage;
    this.#commits = 0;
    this.#created = null;
  }

  /** Resolves at the end of the planned outage. */
  async over(): Promise<void> {
    while (this.#outage !== null || systemRuntime.now() < this.#awayUntil) await systemRuntime.sleep(10);
  }

  /** The same store with the planned outages. */
  wrap<T extends object>(store: T): T {
    return new Proxy(store, {
      get: (target, name: string) => {
        const member = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        if (local.includes(name)) return member.bind(target);
        return async (...parameters: unknown[]) => {
          if (systemRuntime.now() < this.#awayUntil) throw new StoreUnavailable('the store is away');
          const value = await member.apply(target, parameters);
          if (name === 'create') this.#created ??= (parameters[0] as Migration).id;
          if (committing.includes(name) && this.#isOfRequest(name, parameters)) this.#committed();
          return value;
        };
      },
    });
  }

  /** The engine's work on earlier migrations and the late answer of a key are not part of the request. */
  #isOfRequest(name: string, [id, , options]: unknown[]): boolean {
    if (name === 'completeIdempotencyKey') return this.#commits > 0;
    if (name !== 'update' || id === this.#created) return true;
    return (options as UpdateOptions | undefined)?.fence === undefined;
  }

  #committed(): void {
    this.#commits++;
    if (this.#outage === null || this.#commits < this.#outage.atCommit) return;
    const { answer, awayMs } = this.#outage;
    this.#outage = null;
    this.#awayUntil = systemRuntime.now() + awayMs;
    if (answer === 'lost') throw new StoreOutcomeUnknown('the answer of the commit is lost');
  }
}
