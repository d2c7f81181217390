import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newMigration } from '../../src/domain/creation.ts';
import type { Migration } from '../../src/domain/migration.ts';
import type { StoredObject } from '../../src/domain/object-store.ts';
import type { Provider } from '../../src/domain/provider.ts';
import { applyPlan } from '../../src/engine/feed/apply.ts';
import { afterListing, afterRead, type FolderFile } from '../../src/engine/feed/folder-file.ts';
import { planFeed } from '../../src/engine/feed/plan.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { history, SqlServer } from '../backups/history.ts';
import type { ProviderId } from '../support/providers.ts';
import { providers } from '../support/providers.ts';

const numRuns = Number(process.env.GODWIT_PROPERTY_RUNS ?? 100);
const scanMs = 1000;
const account = {
  name: 'main',
  provider: 'alibaba',
  region: 'cn-hangzhou',
  signature: 'rpc',
  chainBase: 'updf',
  endpoints: {},
  limits: { readsPerSecond: 1, writesPerSecond: 1 },
} as const;
const creation = { runtime: systemRuntime, seal: (url: string) => ({ display: url, sealed: url }) };

function watching(mode: Migration['mode'], provider: ProviderId = 'alibaba', lastFile?: string): Migration {
  const target = { instanceId: 'rm-uf6wjk5xxxxxxx', databases: [{ name: 'orders' }] };
  const bucket = provider === 'tencent' ? 'acme-backups-1250000000' : 'acme-backups';
  const feed = { bucket, prefix: '', ...(lastFile !== undefined && { lastFile }) };
  return newMigration({ provider, mode, target, feed }, account, 'tests', creation);
}

/** A folder and the migration that watches it, in virtual time. */
class World {
  now = 1_000_000;
  migration: Migration;
  #files: ReadonlyMap<string, FolderFile> = new Map();
  readonly #all: ReturnType<typeof history>;
  readonly provider: Provider;

  constructor(files: ReturnType<typeof history>, migration: Migration, provider: ProviderId = 'alibaba') {
    this.provider = providers.of(provider);
    this.#all = files;
    this.migration = migration;
  }

  /** One listing with these keys. A scan whose process dies before its write stores nothing. */
  scan(present: ReadonlySet<string>, dies = false): void {
    const objects = this.#all
      .filter(({ key }) => present.has(key))
      .map(({ key }): StoredObject => ({ key, size: 9000, lastModified: 1, etag: key, storageClass: 'Standard' }));
    const listed = new Map(afterListing(this.#files, objects, this.now));
    for (const [key, each] of listed) {
      const file = this.#all.find((known) => known.key === key)?.file;
      if (each.file === null && file)
        listed.set(key, afterRead(each, { outcome: 'read', object: each.object, file }, this.now));
    }
    this.#files = listed;
    const plan = planFeed(this.migration, listed, { provider: this.provider, account, now: this.now, scanMs });
    const changed = applyPlan(this.migration, plan, { now: this.now, scanMs, creation, provider: this.provider });
    if (!dies && changed !== null) this.migration = changed;
    this.now += scanMs;
  }

  /** The vendor restores the queued backups. */
  restore(): void {
    const done = (backup: Migration['backups'][number]) =>
      backup.state === 'queued' && backup.source.type === 'object_storage' && backup.source.keys.length > 0;
    const { backups } = this.migration;
    this.migration = {
      ...this.migration,
      state: 'awaiting_backup',
      backups: backups.map((each) => (done(each) ? { ...each, state: 'restored' } : each)),
    };
  }

  get taken(): string[] {
    return this.migration.backups.flatMap(({ source }) => (source.type === 'object_storage' ? source.keys : []));
  }
}

const kinds = fc.array(fc.constantFrom('full', 'differential', 'log', 'log', 'log', 'quiet'), { maxLength: 12 });

describe('a watched folder', () => {
  it('restores each file once in an order that SQL Server accepts, under any arrivals and process deaths', () => {
    fc.assert(
      fc.property(
        kinds,
        fc.constantFrom('full_log', 'full_differential'),
        fc.array(fc.record({ pick: fc.nat(), dies: fc.boolean(), restores: fc.boolean() }), { maxLength: 30 }),
        (made, mode, steps) => {
          const files = history(['full', ...made] as never).map((each) => ({ ...each, key: `${each.key}.bak` }));
          const world = new World(files, watching(mode));
          const present = new Set<string>();
          for (const { pick, dies, restores } of steps) {
            const next = files[pick % files.length];
            if (next) present.add(next.key);
            world.scan(present, dies);
            if (restores) world.restore();
          }
          for (const { key } of files) present.add(key);
          for (let round = 0; round < 2 * files.length + 4; round++) {
            world.scan(present);
            world.restore();
          }
          expect(new Set(world.taken).size).toBe(world.taken.length);
          const server = new SqlServer();
          for (const key of world.taken) {
            const file = files.find((each) => each.key === key);
            if (file === undefined) throw new Error(`${key} is not in the folder`);
            expect(server.restore(file), `${key} in ${world.taken}`).toBe('restored');
          }
          expect(world.migration.blocking.map(({ code }) => code)).toEqual([]);
        },
      ),
      { numRuns },
    );
  });

  it('never restores a file that only one listing has shown', () => {
    const files = history(['full', 'log']).map((each) => ({ ...each, key: `${each.key}.bak` }));
    const world = new World(files, watching('full_log'));
    world.scan(new Set(files.map(({ key }) => key)));
    expect(world.taken).toEqual([]);
    world.scan(new Set(files.map(({ key }) => key)));
    expect(world.taken).toEqual(files.map(({ key }) => key));
  });

  it('keeps a short queue for a chain of any length', () => {
    const files = history(['full', ...Array.from({ length: 60 }, () => 'log' as const)]).map((each) => ({
      ...each,
      key: `${each.key}.bak`,
    }));
    const world = new World(files, watching('full_log'));
    const present = new Set(files.map(({ key }) => key));
    for (let round = 0; round < 30; round++) {
      world.scan(present);
      expect(world.migration.backups.filter(({ state }) => state === 'queued').length).toBeLessThanOrEqual(8);
      world.restore();
    }
    expect(world.taken).toEqual(files.map(({ key }) => key));
  });

  it('reports a gap only after two scans have shown it, and clears it when the file arrives', () => {
    const files = history(['full', 'log', 'log', 'log']).map((each) => ({ ...each, key: `${each.key}.bak` }));
    const world = new World(files, watching('full_log'));
    const keys = files.map(({ key }) => key);
    const without = new Set(keys.toSpliced(2, 1));
    world.scan(without);
    expect(world.migration.blocking.map(({ code }) => code)).toEqual(['awaiting_backup_file']);
    world.scan(without);
    world.restore();
    world.scan(without);
    expect(world.migration.blocking).toEqual([
      expect.objectContaining({ code: 'log_chain_gap', detail: expect.stringContaining(keys[3] ?? '') }),
    ]);
    world.scan(new Set(keys));
    world.scan(new Set(keys));
    expect(world.migration.blocking).toEqual([]);
    expect(world.taken).toEqual(keys);
  });

  it('skips full backups and logs whose names its provider refuses', () => {
    const made = history(['full', 'log', 'copy', 'log', 'log']);
    const names = ['20261128010000_2full2', '20261128011500_2log2', 'copy_only', '20261128013000_2log2', 'renamed'];
    const files = made.map((each, index) => ({
      ...each,
      key: names[index]?.startsWith('2026') ? `orders_${names[index]}_2noreconvery2.bak` : `orders_${names[index]}.bak`,
    }));
    const world = new World(files, watching('full_log', 'tencent'), 'tencent');
    const present = new Set(files.map(({ key }) => key));
    for (let round = 0; round < 3; round++) {
      world.scan(present);
      world.restore();
    }
    expect(world.taken).toEqual([files[0]?.key, files[1]?.key, files[3]?.key]);
    expect(world.migration.feed?.refused).toEqual([files[2]?.key, files[4]?.key]);
    expect(world.migration.blocking).toEqual([]);
  });

  it('ends with its last file, even one from a period without writes, and restores none after it', () => {
    for (const kind of ['log', 'quiet'] as const) {
      const files = history(['full', 'log', kind, 'log']).map((each) => ({ ...each, key: `${each.key}.bak` }));
      const [, , last] = files.map(({ key }) => key);
      const world = new World(files, watching('full_log', 'alibaba', last));
      const present = new Set(files.slice(0, 3).map(({ key }) => key));
      for (let round = 0; round < 4; round++) {
        world.scan(present);
        world.restore();
      }
      for (const { key } of files) present.add(key);
      for (let round = 0; round < 4; round++) world.scan(present);
      expect(world.taken.at(-1), kind).toBe(last);
      expect(world.migration.backups.at(-1)).toMatchObject({ final: true });
      expect(world.migration.feed?.closed).toBe(true);
    }
  });
});
