import type { Migration } from '../../src/domain/migration.ts';
import { StoreOutcomeUnknown, StoreUnavailable, type UpdateOptions } from '../../src/domain/store.ts';
import { systemRuntime } from '../../src/runtime.ts';

/** Calls that commit something of a request or of a vendor call. */
const committing: readonly string[] = [
  'create',
  'update',
  'remove',
  'createWebhook',
  'updateWebhook',
  'removeWebhook',
  'completeIdempotencyKey',
];
/** What has no answer from the database. */
const local: readonly string[] = ['onChange', 'hearsOthers', 'clockOffset', 'close', 'health'];

/** When a store goes away, and for how long. */
export interface Outage {
  /** It is away from this commit on, counted from 1. */
  readonly atCommit: number;
  /** Whether the answer of that commit is lost too. */
  readonly answer: 'kept' | 'lost';
  readonly awayMs: number;
}

/** A store that can be told to go away. */
export class Mood {
  #outage: Outage | null = null;
  #commits = 0;
  #created: string | null = null;
  #awayUntil = 0;

  /** The next outage; commits are counted from now on. */
  expect(outage: Outage): void {
    this.#outage = outage;
    this.#commits = 0;
    this.#created = null;
  }

  /** Resolves when the outage that was expected is over. */
  async over(): Promise<void> {
    while (this.#outage !== null || systemRuntime.now() < this.#awayUntil) await systemRuntime.sleep(10);
  }

  /** The same store, which goes away as it was told. */
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

  /** The engine's own work on what was there before, and a key's answer that is caught up on, are no part of the request. */
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
