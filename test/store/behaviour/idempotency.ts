import { expect, it } from 'vitest';
import type { IdempotencyKey, StoredAnswer } from '../../../src/domain/store.ts';
import { nextMigrationId, noon, sampleMigration } from '../../support/samples.ts';
import { lease, noLease, onDatabases } from '../samples.ts';
import type { Site } from './setup.ts';

const key: IdempotencyKey = { caller: 'ci', key: 'k-1', fingerprint: 'f00d' };
const answer: StoredAnswer = { status: 201, headers: { location: '/migrations/1' }, body: '{"id":"\\u0000"}' };

export function idempotencyBehaviour(site: Site): void {
  it('stores the key with the migration and returns the record to later requests with the key', async () => {
    const store = await site.open();
    const migration = sampleMigration(onDatabases('orders'));
    await store.create(migration, lease(), key);
    const record = {
      ...key,
      resource: { type: 'migration', id: migration.id },
      answer: null,
      createdAt: noon,
      heldBy: 'this_process',
    };
    expect(await store.findIdempotencyKey('ci', 'k-1')).toEqual(record);
    const again = sampleMigration(onDatabases('orders'));
    expect(await store.create(again, lease(), { ...key, fingerprint: 'beef' })).toEqual({
      outcome: 'key_exists',
      record,
    });
    expect(await store.get(again.id)).toBeNull();
  });

  it('separates callers and keys', async () => {
    const store = await site.open();
    await store.create(sampleMigration(), lease(), key);
    for (const other of [
      { ...key, caller: 'cd' },
      { ...key, key: 'k-2' },
      { ...key, caller: 'cik', key: '-1' },
      { ...key, caller: 'c'.repeat(10_000), key: '\0' },
    ]) {
      expect(await store.findIdempotencyKey(other.caller, other.key)).toBeNull();
      expect(await store.create(sampleMigration(), lease(), other)).toMatchObject({ outcome: 'created' });
    }
  });

  it('neither stores nor runs an update whose key is known', async () => {
    const store = await site.open();
    const migration = sampleMigration();
    await store.create(migration, noLease);
    expect(
      await store.update(migration.id, (current) => ({ ...current, description: 'x' }), { idempotency: key }),
    ).toMatchObject({ outcome: 'updated' });
    const again = await store.update(
      migration.id,
      () => {
        throw new Error('ran');
      },
      { idempotency: key },
    );
    expect(again).toMatchObject({
      outcome: 'key_exists',
      record: { ...key, resource: { type: 'migration', id: migration.id } },
    });
    expect(await store.get(migration.id)).toMatchObject({ version: 2 });
  });

  it('stores no key for a rejected request', async () => {
    const store = await site.open();
    await store.create(sampleMigration(onDatabases('orders')), lease());
    expect(await store.create(sampleMigration(onDatabases('orders')), lease(), key)).toMatchObject({
      outcome: 'target_busy',
    });
    expect(await store.update(nextMigrationId(), (current) => current, { idempotency: key })).toEqual({
      outcome: 'not_found',
    });
    expect(await store.findIdempotencyKey('ci', 'k-1')).toBeNull();
  });

  it('keeps the first stored answer', async () => {
    const store = await site.open();
    await store.create(sampleMigration(), lease(), key);
    await store.completeIdempotencyKey('ci', 'k-1', answer);
    await store.completeIdempotencyKey('ci', 'k-1', { ...answer, status: 202 });
    expect(await store.findIdempotencyKey('ci', 'k-1')).toMatchObject({ answer });
    await store.completeIdempotencyKey('ci', 'unknown', answer);
    expect(await store.findIdempotencyKey('ci', 'unknown')).toBeNull();
  });

  it('stores the answer with the change that settles the request, and keeps the first answer', async () => {
    const store = await site.open();
    const migration = sampleMigration();
    await store.create(migration, lease(), key);
    const settles = (status: number) => ({
      settles: { idempotency: key, answer: () => ({ answer: { ...answer, status }, outcome: 'ok' }) },
    });
    const change = (current: typeof migration) => ({ ...current, description: `${current.description}!` });
    expect(await store.update(migration.id, change, settles(201))).toMatchObject({ outcome: 'updated', kept: true });
    await store.update(migration.id, change, settles(202));
    expect(await store.findIdempotencyKey('ci', 'k-1')).toEqual({
      ...key,
      resource: { type: 'migration', id: migration.id },
      answer: { ...answer, status: 201 },
      createdAt: noon,
      heldBy: 'this_process',
    });
  });

  it('keeps the record of a removed migration until it is old', async () => {
    const store = await site.open();
    const migration = sampleMigration();
    await store.create(migration, lease(), key);
    await store.create(sampleMigration({ createdAt: noon + 10 }), lease(), { ...key, key: 'younger' });
    await store.remove(migration.id);
    expect(await store.findIdempotencyKey('ci', 'k-1')).not.toBeNull();
    expect(await store.expireIdempotencyKeys(noon + 10, 10)).toBe(1);
    expect(await store.findIdempotencyKey('ci', 'k-1')).toBeNull();
    expect(await store.findIdempotencyKey('ci', 'younger')).not.toBeNull();
  });

  it('deletes old records in batches, oldest first', async () => {
    const store = await site.open();
    for (let age = 0; age < 5; age++)
      await store.create(sampleMigration({ createdAt: noon - age }), lease(), { ...key, key: `old-${age}` });
    expect(await store.expireIdempotencyKeys(noon + 1, 3)).toBe(3);
    expect(await store.findIdempotencyKey('ci', 'old-2')).toBeNull();
    expect(await store.findIdempotencyKey('ci', 'old-1')).not.toBeNull();
    expect(await store.expireIdempotencyKeys(noon + 1, 3)).toBe(2);
    expect(await store.expireIdempotencyKeys(noon + 1, 3)).toBe(0);
  });

  it('admits exactly one of many requests with one key, whatever their targets', async () => {
    const store = await site.open();
    const other = await site.replica();
    const results = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        (index % 2 ? store : other).create(sampleMigration(onDatabases(`db-${index}`)), lease(), key),
      ),
    );
    const [created, ...more] = results.filter((result) => result.outcome === 'created');
    expect(created).toBeDefined();
    expect(more).toEqual([]);
    const [stored] = await store.list({}, { size: 200, order: 'newest_first' });
    for (const result of results)
      if (result.outcome !== 'created')
        expect(result).toMatchObject({
          outcome: 'key_exists',
          record: { resource: { type: 'migration', id: stored?.id } },
        });
  });

  it('admits exactly one of a creation and an update with one key', async () => {
    const store = await site.open();
    const other = await site.replica();
    for (let round = 0; round < 10; round++) {
      const migration = sampleMigration();
      await store.create(migration, noLease);
      const once = { ...key, key: `round-${round}` };
      const results = await Promise.all([
        store.update(migration.id, (current) => ({ ...current, description: 'x' }), { idempotency: once }),
        other.create(sampleMigration({ account: `other-${round}` }), lease(), once),
      ]);
      expect(results.filter((result) => result.outcome === 'key_exists')).toHaveLength(1);
    }
  });
}
