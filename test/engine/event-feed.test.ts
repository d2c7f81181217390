import { afterEach, describe, expect, it } from 'vitest';
import type { MigrationEvent } from '../../src/domain/event.ts';
import type { Store } from '../../src/domain/store.ts';
import { followEvents } from '../../src/engine/event-feed.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { openStore } from '../../src/store/open.ts';
import { sampleMigration } from '../support/samples.ts';

const open: Store[] = [];
afterEach(async () => {
  for (const store of open.splice(0)) await store.close();
});

async function world() {
  const store = await openStore('sqlite::memory:', { runtime: systemRuntime });
  open.push(store);
  const sleeps: { ms: number; signal: AbortSignal | undefined; wake: () => void }[] = [];
  let slept: () => void = () => undefined;
  let falling = new Promise<void>((resolve) => {
    slept = resolve;
  });
  const runtime = {
    ...systemRuntime,
    sleep: (ms: number, signal?: AbortSignal) =>
      new Promise<void>((wake) => {
        sleeps.push({ ms, signal, wake });
        if (signal?.aborted) wake();
        signal?.addEventListener('abort', () => wake(), { once: true });
        slept();
        falling = new Promise((resolve) => {
          slept = resolve;
        });
      }),
  };
  const lease = { owner: 'tests', now: 0, leaseMs: 1000 };
  return {
    store,
    runtime,
    sleeps,
    /** Resolves when the feed waits. */
    asleep: () => falling,
    async create(overrides: Parameters<typeof sampleMigration>[0] = {}) {
      const migration = sampleMigration(overrides);
      const result = await store.create(migration, lease);
      expect(result.outcome).toBe('created');
      return migration.id;
    },
    describe: (id: string, description: string) =>
      store.update(id, (current) => ({ ...current, state: 'restoring', description })),
  };
}

const elsewhere = (instanceId: string) => ({ target: { instanceId, overwrite: false } });

type Feed = ReturnType<typeof followEvents>;

async function batch(next: ReturnType<Feed['next']>): Promise<readonly MigrationEvent[]> {
  const { value, done } = await next;
  if (done) throw new Error('the feed has ended');
  return value;
}

describe('a feed of events', () => {
  it('gives what is there, then waits, then gives what comes', async () => {
    const { store, runtime, asleep, create, describe: change } = await world();
    const id = await create();
    const ended = new AbortController();
    const feed = followEvents({ store, runtime }, { migrationId: id }, ended.signal);
    const first = await batch(feed.next());
    expect(first.map(({ type }) => type)).toEqual(['migration.created', 'backup.added']);
    const waiting = asleep();
    const next = feed.next();
    await waiting;
    await change(id, 'moved');
    expect((await batch(next)).map(({ type }) => type)).toEqual(['migration.state_changed']);
    const last = feed.next();
    ended.abort();
    expect((await last).done).toBe(true);
  });

  it('misses nothing that is stored between reading and waiting', async () => {
    const { store, runtime, create, describe: change } = await world();
    const id = await create();
    const [, added] = await store.events({ migrationId: id }, { size: 10 });
    let reads = 0;
    const slow: Store = new Proxy(store, {
      get: (target, name: keyof Store) => {
        if (name !== 'events') return (target[name] as (...all: unknown[]) => unknown).bind(target);
        return async (...all: Parameters<Store['events']>) => {
          const found = await target.events(...all);
          if (++reads === 1) await change(id, 'in between');
          return found;
        };
      },
    });
    const feed = followEvents(
      { store: slow, runtime },
      { migrationId: id, after: added?.id ?? '' },
      new AbortController().signal,
    );
    expect((await batch(feed.next())).map(({ type }) => type)).toEqual(['migration.state_changed']);
    await feed.return();
  });

  it('shows only what its reader may see, and is not woken by other migrations', async () => {
    const { store, runtime, sleeps, asleep, create, describe: change } = await world();
    const foreign = await create({ account: 'other' });
    const mine = await create(elsewhere('rm-mine'));
    const ended = new AbortController();
    const ofOne = followEvents({ store, runtime }, { migrationId: mine }, ended.signal);
    await ofOne.next();
    const waiting = asleep();
    const next = ofOne.next();
    await waiting;
    await change(foreign, 'moved');
    expect(sleeps).toHaveLength(1);
    expect(sleeps[0]?.signal?.aborted).toBe(false);
    ended.abort();
    await next;
    const visible = followEvents(
      { store, runtime },
      { migrationId: null, visibleAccounts: ['ali-main'] },
      new AbortController().signal,
    );
    const seen = await batch(visible.next());
    expect(new Set(seen.map(({ migrationId }) => migrationId))).toEqual(new Set([mine]));
    await visible.return();
  });

  it('gives a sign of life when nothing happens', async () => {
    const { store, runtime, sleeps, asleep } = await world();
    const feed = followEvents({ store, runtime }, { migrationId: null }, new AbortController().signal);
    const waiting = asleep();
    const next = feed.next();
    await waiting;
    expect(sleeps[0]?.ms).toBeLessThanOrEqual(30_000);
    sleeps[0]?.wake();
    expect(await batch(next)).toEqual([]);
    await feed.return();
  });
});
