import fc from 'fast-check';
import { expect, it } from 'vitest';
import { dated } from '../../../src/domain/dates.ts';
import type { Migration } from '../../../src/domain/migration.ts';
import { problemCodes } from '../../../src/domain/problem.ts';
import { warnings } from '../../../src/domain/reasons.ts';
import { restoreErrorCodes } from '../../../src/domain/restore-errors.ts';
import { backupStates, migrationStates } from '../../../src/domain/vocabulary.ts';
import { nextMigrationId, sampleBackup, sampleCall, sampleMigration } from '../../support/samples.ts';
import { lease } from '../samples.ts';
import type { Site } from './setup.ts';

const anyText = fc.string({ unit: 'binary', maxLength: 30 });
const awkwardText = fc.oneof(
  anyText,
  fc.constantFrom('\0', '\ud800', 'naïve 数据库', '"\\', "'; drop table migrations; --"),
);
const refs = fc.dictionary(awkwardText, awkwardText, { maxKeys: 4, noNullPrototype: true });
/** Keys that the contract allows, with arbitrary text. */
const labels = fc.dictionary(fc.stringMatching(/^[a-z0-9]{1,8}$/), awkwardText, { maxKeys: 4, noNullPrototype: true });
const instant = fc.integer({ min: 0, max: 4_102_444_800_000 });
const error = fc.option(
  fc.record({
    code: fc.constantFrom(...restoreErrorCodes, ...problemCodes),
    detail: awkwardText,
    retryable: fc.boolean(),
    provider: fc.record({
      name: fc.constant('tencent'),
      operation: awkwardText,
      code: fc.option(awkwardText),
      message: fc.option(awkwardText),
      requestId: fc.option(awkwardText),
      httpStatus: fc.option(fc.integer()),
    }),
  }),
);
const backup = fc.record({
  source: fc.record({
    type: fc.constant('object_storage' as const),
    bucket: awkwardText,
    keys: fc.array(awkwardText, { minLength: 1, maxLength: 3 }),
  }),
  state: fc.constantFrom(...backupStates),
  providerStatus: fc.option(awkwardText),
  providerRefs: refs,
  error,
  submittedAt: fc.option(instant),
});
const call = fc.record({ operation: awkwardText, refs, error, settledAt: fc.option(instant) });
const migration = fc.record({
  name: fc.option(awkwardText),
  description: fc.option(awkwardText),
  labels,
  state: fc.constantFrom(...migrationStates),
  providerRefs: refs,
  warnings: fc.array(fc.record({ code: fc.constantFrom(...warnings), detail: awkwardText }), { maxLength: 3 }),
  percent: fc.option(fc.integer({ min: 0, max: 100 })),
  backups: fc.array(backup, { minLength: 1, maxLength: 5 }),
  calls: fc.array(call, { maxLength: 5 }),
  error,
  dueAt: fc.option(instant),
  updatedAt: instant,
});
type Generated = typeof migration extends fc.Arbitrary<infer T> ? T : never;

function built(id: string, generated: Generated): Migration {
  return sampleMigration({
    ...generated,
    id,
    target: { instanceId: 'rm-uf6wjk5', databases: [{ name: id }], overwrite: false },
    backups: generated.backups.map((each) => sampleBackup(each)),
    calls: generated.calls.map((each, index) => sampleCall({ ...each, number: index + 1 })),
  });
}

export function documentBehaviour(site: Site): void {
  it('returns every document as created and as changed', async () => {
    const store = await site.open();
    await fc.assert(
      fc.asyncProperty(migration, migration, async (first, second) => {
        const created = built(nextMigrationId(), first);
        expect(await store.create(created, lease())).toMatchObject({ outcome: 'created' });
        expect(await store.get(created.id)).toEqual(created);
        const changed = built(created.id, second);
        const result = await store.update(created.id, () => changed);
        const stored = dated(created, { ...changed, version: 2 });
        expect(result).toEqual({ outcome: 'updated', migration: stored, released: false });
        expect(await store.get(created.id)).toEqual(stored);
      }),
      { numRuns: 40 },
    );
  });

  it('keeps the order of hundreds of backups through changes in the middle', async () => {
    const store = await site.open();
    const chain = Array.from({ length: 700 }, (_, index) =>
      sampleBackup({ type: index === 0 ? 'full' : 'log', final: false, providerStatus: `${index}` }),
    );
    const { id } = await created(sampleMigration({ backups: chain }));
    const changed = chain.map((each, index) => (index === 350 ? { ...each, state: 'restored' as const } : each));
    await store.update(id, (current) => ({ ...current, backups: changed.slice(0, 600) }));
    expect((await store.get(id))?.backups).toEqual(changed.slice(0, 600));

    async function created(each: Migration) {
      await store.create(each, lease());
      return each;
    }
  });

  it('returns nothing for an unknown id', async () => {
    const store = await site.open();
    expect(await store.get(nextMigrationId())).toBeNull();
    expect(await store.get('\0')).toBeNull();
  });
}
