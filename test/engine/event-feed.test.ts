import { afterEach, describe, expect, it } from 'vitest';
import type { MigrationEvent } from '../../src/domain/event.ts';
import { type Store, StoreUnavailable } from '../../src/domain/store.ts';
import { createEventFeed } from '../../src/engine/event-feed.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { openStore } from '../../src/store/open.ts';
import { sampleMigration } from '../support/samples.ts';
import { withMethods } from '../support/with-methods.ts';

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
        if (signal?.aborted || ms < 1000) wake();
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
    /** Resolves when the feed waits for events. */
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

type Feed = ReturnType<ReturnType<typeof createEventFeed>['follow']>;

async function batch(next: ReturnType<Feed['next']>): Promise<readonly MigrationEvent[]> {
  const { value, done } = await next;
  if (done) throw new Error('the feed has ended');
  return value;
}

/** A store that runs a function after each read of events. */
function afterReads(store: Store, more: (read: number, ...asked: Parameters<Store['events']>) => unknown): Store {
  let reads = 0;
  return withMethods(store, {
    async events(...all) {
      const found = await store.events(...all);
      await more(++reads, ...all);
      return found;
    },
  });
}

const forEver = new AbortController().signal;

describe('a feed of events', () => {
  it('returns stored events, then waits, then returns new ones', async () => {
    const { store, runtime, create, describe: change } = await world();
    const id = await create();
    const ended = new AbortController();
    const feed = createEventFeed({ store, runtime }).follow({ migrationId: id }, ended.signal);
    const first = await batch(feed.next());
    expect(first.map(({ type }) => type)).toEqual(['migration.created', 'backup.added']);
    const next = feed.next();
    await change(id, 'moved');
    expect((await batch(next)).map(({ type }) => type)).toEqual(['migration.state_changed']);
    const last = feed.next();
    ended.abort();
    expect((await last).done).toBe(true);
  });

  it.each([1, 2])('misses no event that is stored right after read %i', async (moment) => {
    const { store, runtime, create, describe: change } = await world();
    const id = await create();
    const [, added] = await store.events({ migrationId: id }, { size: 10 });
    const slow = afterReads(store, (read) => (read === moment ? change(id, 'in between') : undefined));
    const feed = createEventFeed({ store: slow, runtime }).follow({ migrationId: id, after: added?.id ?? '' }, forEver);
    const next = batch(feed.next());
    if (moment === 2) await change(id, 'woken').then(() => store.update(id, (now) => ({ ...now, state: 'failed' })));
    expect((await next)[0]?.type).toBe('migration.state_changed');
    await feed.return();
  });

  it('gives each of many readers every event once and in order from any start, while more are stored', async () => {
    const { store, runtime, create, describe: change } = await world();
    const ids = [await create(), await create(elsewhere('rm-two')), await create(elsewhere('rm-three'))];
    const before = await store.events({}, { size: 100 });
    const feeds = createEventFeed({ store, runtime });
    const readers = [undefined, ...before.map(({ id }) => id)].map(async (after) => {
      const seen: string[] = [];
      for await (const events of feeds.follow({ migrationId: null, ...(after && { after }) }, forEver)) {
        seen.push(...events.map(({ id }) => id));
        if (events.some(({ data }) => data.to === 'failed')) break;
      }
      return { after: after ?? '', seen };
    });
    for (const id of ids) await change(id, 'moved');
    await store.update(ids[0] ?? '', (now) => ({ ...now, state: 'failed' }));
    const all = (await store.events({}, { size: 100 })).map(({ id }) => id);
    for (const { after, seen } of await Promise.all(readers)) expect(seen).toEqual(all.filter((id) => id > after));
  });

  it('reads the end of the log once for all readers and gives them the same events', async () => {
    const { store, runtime, create, describe: change } = await world();
    const id = await create();
    const latest = (await store.latestEvent()) ?? '';
    let reads = 0;
    const counting = afterReads(store, () => {
      reads++;
    });
    const feeds = createEventFeed({ store: counting, runtime });
    const readers = Array.from({ length: 50 }, () => feeds.follow({ migrationId: null, after: latest }, forEver));
    const next = readers.map((reader) => batch(reader.next()));
    await change(id, 'moved');
    const batches = await Promise.all(next);
    expect(new Set(batches.flat()).size).toBe(1);
    expect(reads).toBeLessThanOrEqual(2);
    for (const reader of readers) await reader.return();
  });

  it('lets a slow reader catch up from the store', async () => {
    const { store, runtime, create } = await world();
    const id = await create();
    const feeds = createEventFeed({ store, runtime }, 10);
    const slow = feeds.follow({ migrationId: id }, forEver);
    const quick = feeds.follow({ migrationId: null, after: (await store.latestEvent()) ?? '' }, forEver);
    await slow.next();
    const next = quick.next();
    for (let n = 0; n < 30; n++)
      await store.update(id, (now) => ({ ...now, state: now.state === 'failed' ? 'restoring' : 'failed' }));
    await store.update(id, (now) => ({ ...now, labels: { n: '1' }, state: 'cancelling' }));
    await next;
    const all = (await store.events({ migrationId: id }, { size: 100 })).map((event) => event.id);
    const seen = all.slice(0, 2);
    while (seen.length < all.length) seen.push(...(await batch(slow.next())).map((event) => event.id));
    expect(seen).toEqual(all);
    await slow.return();
    await quick.return();
  });

  it('shows only what its reader may see and does not wake it for other migrations', async () => {
    const { store, runtime, create, describe: change } = await world();
    const foreign = await create({ account: 'other' });
    const mine = await create(elsewhere('rm-mine'));
    const feeds = createEventFeed({ store, runtime });
    const ofOne = feeds.follow({ migrationId: mine }, forEver);
    await ofOne.next();
    const next = ofOne.next();
    await change(foreign, 'moved');
    await change(mine, 'moved');
    expect((await batch(next)).map(({ migrationId }) => migrationId)).toEqual([mine]);
    await ofOne.return();
    const visible = feeds.follow({ migrationId: null, visibleAccounts: ['ali-main'] }, forEver);
    const seen = await batch(visible.next());
    expect(new Set(seen.map(({ migrationId }) => migrationId))).toEqual(new Set([mine]));
    await visible.return();
  });

  it('sends a keep-alive when nothing happens', async () => {
    const { store, runtime, sleeps, asleep } = await world();
    const feed = createEventFeed({ store, runtime }).follow({ migrationId: null }, forEver);
    const waiting = asleep();
    const next = feed.next();
    await waiting;
    expect(sleeps[0]?.ms).toBeLessThanOrEqual(30_000);
    await store.events({}, { size: 1 });
    sleeps[0]?.wake();
    expect(await batch(next)).toEqual([]);
    await feed.return();
  });

  it('ends for every reader when the store fails, and serves those who reconnect', async () => {
    const { store, runtime, create, describe: change } = await world();
    const id = await create();
    const latest = (await store.latestEvent()) ?? '';
    const failing = afterReads(store, (read) => {
      if (read === 2) throw new StoreUnavailable('gone');
    });
    const feeds = createEventFeed({ store: failing, runtime });
    const ended = [1, 2].map(() => feeds.follow({ migrationId: null, after: latest }, forEver).next());
    const told = Promise.allSettled(ended);
    await change(id, 'moved');
    expect((await told).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const again = feeds.follow({ migrationId: null, after: latest }, forEver);
    expect((await batch(again.next())).map(({ type }) => type)).toEqual(['migration.state_changed']);
    await again.return();
  });
});
