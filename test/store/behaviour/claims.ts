import { expect, it } from 'vitest';
import type { Migration } from '../../../src/domain/migration.ts';
import { noon, sampleBackup, sampleMigration } from '../../support/samples.ts';
import { lease, noLease } from '../samples.ts';
import type { Site } from './setup.ts';

/** A migration that first needs an observation, or a changing call. */
function of(account: string, work: 'send' | 'observe', dueAt: number): Migration {
  const backups = sampleMigration().backups.map((backup) => ({ ...backup, state: 'restoring' as const }));
  return sampleMigration({
    account,
    dueAt,
    ...(work === 'send' ? { state: 'pending' } : { state: 'restoring', backups }),
  });
}

export function claimBehaviour(site: Site): void {
  it('claims a new migration for its creator immediately', async () => {
    const store = await site.open();
    const migration = sampleMigration();
    expect(await store.create(migration, lease({ owner: 'creator' }))).toEqual({
      outcome: 'created',
      fence: { owner: 'creator', token: 1 },
    });
    expect(await store.claim(lease({ owner: 'other' }), 10)).toEqual([]);
    expect(await store.nextDue(noon)).toBeNull();
  });

  it('renews only leases that are still held', async () => {
    const store = await site.open();
    const [held, lost, ended] = [sampleMigration(), sampleMigration(), sampleMigration()];
    const fences = [];
    for (const each of [held, lost, ended]) {
      const created = await store.create(each, lease({ leaseMs: each === lost ? -1 : 30_000 }));
      if (created.outcome !== 'created') throw new Error(created.outcome);
      fences.push({ id: each.id, fence: created.fence });
    }
    await store.claim(lease({ owner: 'successor' }), 10);
    await store.remove(ended.id);
    expect(await store.renewLeases(lease({ leaseMs: 60_000 }), fences)).toEqual(new Set([held.id]));
    expect(await store.renewLeases(lease(), [])).toEqual(new Set());
  });

  it('releases a lease without a change, and not one that has passed on', async () => {
    const store = await site.open();
    const migration = sampleMigration();
    const created = await store.create(migration, lease());
    if (created.outcome !== 'created') throw new Error(created.outcome);
    const heard: (readonly [string, number | null])[] = [];
    store.onChange((id, claimableAt) => heard.push([id, claimableAt]));
    await store.releaseLease(migration.id, { ...created.fence, token: 7 });
    expect(await store.claim(lease({ owner: 'other' }), 10)).toEqual([]);
    await store.releaseLease(migration.id, created.fence);
    expect(heard).toEqual([[migration.id, noon]]);
    expect(await store.claim(lease({ owner: 'other' }), 10)).toHaveLength(1);
    await store.releaseLease(migration.id, created.fence);
    expect(await store.claim(lease({ owner: 'third' }), 10)).toEqual([]);
    expect(await store.get(migration.id)).toEqual(migration);
  });

  it('claims in rooms of hundreds of accounts', async () => {
    const store = await site.open();
    const migration = sampleMigration();
    await store.create(migration, noLease);
    const others = Array.from({ length: 600 }, (_, index) => `account-${index}`);
    const rooms = [
      ...others.map((account) => ({ account, work: 'send' as const, limit: 1 })),
      { account: { except: others }, limit: 1 },
    ];
    const claims = await store.claim(lease(), rooms);
    expect(claims.map(({ migration: { id } }) => id)).toEqual([migration.id]);
  });

  it('returns a long chain in its current state after any claims and changes', async () => {
    const store = await site.open();
    const other = await site.replica();
    const chain = Array.from({ length: 80 }, () => sampleBackup());
    const migration = sampleMigration({ backups: chain });
    await store.create(migration, noLease);
    for (let round = 1; round <= 3; round++) {
      const changed = await other.update(migration.id, (current) => ({
        ...current,
        description: `round ${round}`,
        backups: current.backups.map((backup, index) =>
          index === round ? { ...backup, providerStatus: `${round}` } : backup,
        ),
      }));
      if (changed.outcome !== 'updated') throw new Error(changed.outcome);
      const [claim] = await store.claim(lease({ owner: `worker-${round}` }), 10);
      expect(claim?.migration).toEqual(changed.migration);
      expect(await store.get(migration.id)).toEqual(changed.migration);
      const fence = claim?.fence ?? { owner: '', token: 0 };
      const foreign = await other.update(migration.id, (current) => ({ ...current, name: `name-${round}` }));
      const own = await store.update(migration.id, (current) => ({ ...current, percent: round }), {
        fence,
        release: true,
      });
      expect(own).toMatchObject({ outcome: 'updated', migration: { name: `name-${round}`, percent: round } });
      expect(foreign.outcome).toBe('updated');
      expect(await other.get(migration.id)).toEqual(own.outcome === 'updated' ? own.migration : null);
    }
  });

  it('claims due, free migrations, the longest due first, up to the limit', async () => {
    const store = await site.open();
    const due = [noon - 3, noon - 1, noon - 2, noon + 1, null].map((dueAt) => sampleMigration({ dueAt }));
    for (const migration of due) await store.create(migration, noLease);
    const first = await store.claim(lease(), 2);
    expect(first.map((claim) => claim.migration)).toEqual([due[0], due[2]]);
    expect(first.map((claim) => claim.fence)).toEqual([
      { owner: 'worker-1', token: 2 },
      { owner: 'worker-1', token: 2 },
    ]);
    const second = await store.claim(lease({ owner: 'worker-2' }), 10);
    expect(second.map((claim) => claim.migration)).toEqual([due[1]]);
    expect(await store.claim(lease(), 0)).toEqual([]);
  });

  it('claims a limited number per kind and account, the longest due first', async () => {
    const store = await site.open();
    const late = of('a', 'send', noon - 1);
    const migrations = [
      late,
      of('a', 'send', noon - 3),
      of('a', 'send', noon - 2),
      of('a', 'observe', noon - 9),
      of('b', 'send', noon - 1),
      of('c', 'send', noon - 1),
      of('d', 'observe', noon - 1),
    ];
    for (const migration of migrations) await store.create(migration, noLease);
    const claimed = await store.claim(lease(), [
      { account: 'a', work: 'send', limit: 2 },
      { account: 'b', work: 'send', limit: 10 },
      { account: 'b', work: 'observe', limit: 10 },
      { account: 'c', work: 'send', limit: 0 },
      { account: { except: ['a', 'b', 'c'] }, limit: 10 },
    ]);
    const ids = (indexes: number[]) => indexes.map((index) => migrations[index]?.id).sort();
    expect(claimed.map(({ migration }) => migration.id).sort()).toEqual(ids([1, 2, 4, 6]));
    expect(
      (await store.claim(lease(), [{ account: 'a', work: 'send', limit: 5 }])).map((claim) => claim.migration.id),
    ).toEqual([late.id]);
    expect(await store.claim(lease(), [])).toEqual([]);
  });

  it('claims from all other accounts together, the longest due first, up to the limit', async () => {
    const store = await site.open();
    const due = [
      ['x', 'send', noon - 5],
      ['y', 'observe', noon - 9],
      ['x', 'observe', noon - 7],
      ['y', 'observe', noon - 8],
      ['mine', 'send', noon - 10],
      ['z', 'send', noon + 1],
    ] as const;
    const migrations = due.map(([account, work, dueAt]) => of(account, work, dueAt));
    for (const migration of migrations) await store.create(migration, noLease);
    const claimed = async (limit: number) =>
      (await store.claim(lease(), [{ account: { except: ['mine'] }, limit }])).map(({ migration: { id } }) =>
        migrations.findIndex((each) => each.id === id),
      );
    expect(await claimed(3)).toEqual([1, 3, 2]);
    expect(await claimed(3)).toEqual([0]);
    expect(await claimed(3)).toEqual([]);
  });

  it('leaves a new migration without a lease to any worker', async () => {
    const store = await site.open();
    const told: (number | null)[] = [];
    store.onChange((_id, claimableAt) => told.push(claimableAt));
    const migration = sampleMigration({ dueAt: noon });
    await store.create(migration, lease({ leaseMs: 0 }));
    expect(told).toEqual([noon]);
    expect(await store.claim(lease({ owner: 'other' }), 10)).toMatchObject([{ migration: { id: migration.id } }]);
  });

  it('returns when the next free migration is due', async () => {
    const store = await site.open();
    expect(await store.nextDue(noon)).toBeNull();
    await store.create(sampleMigration({ dueAt: noon + 50 }), noLease);
    const sooner = sampleMigration({ dueAt: noon + 20 });
    await store.create(sooner, noLease);
    await store.create(sampleMigration({ dueAt: null }), noLease);
    expect(await store.nextDue(noon)).toBe(noon + 20);
    await store.claim(lease({ now: noon + 20 }), 1);
    expect(await store.nextDue(noon)).toBe(noon + 50);
  });

  it('releases or renews a lease even if the change has nothing to do', async () => {
    const store = await site.open();
    const migration = sampleMigration();
    const created = await store.create(migration, lease({ leaseMs: -1 }));
    if (created.outcome !== 'created') throw new Error(created.outcome);
    const { fence } = created;
    await store.update(migration.id, () => null, { fence, renewLease: lease() });
    expect(await store.claim(lease({ owner: 'other' }), 1)).toEqual([]);
    await store.update(migration.id, (current) => ({ ...current, description: 'x' }), { fence, release: true });
    expect(await store.claim(lease({ owner: 'other' }), 1)).toHaveLength(1);
  });

  it('never gives one migration to two of many claimers', async () => {
    const store = await site.open();
    const other = await site.replica();
    for (let count = 0; count < 120; count++) await store.create(sampleMigration(), noLease);
    const claims = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        (index % 2 ? store : other).claim(lease({ owner: `worker-${index}` }), 5),
      ),
    );
    const taken = claims.flat().map((claim) => claim.migration.id);
    expect(new Set(taken).size).toBe(taken.length);
    const rest = await store.claim(lease({ owner: 'last' }), 200);
    expect(taken.length + rest.length).toBe(120);
  });
}
