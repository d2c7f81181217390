import { expect, it } from 'vitest';
import type { AuditLog, NewAuditRecord } from '../../../src/domain/audit.ts';
import type { Store } from '../../../src/domain/store.ts';
import { noon, sampleMigration } from '../../support/samples.ts';
import { noLease } from '../samples.ts';
import type { Site } from './setup.ts';

const record: NewAuditRecord = {
  at: noon,
  caller: 'ci',
  remoteAddress: '127.0.0.1',
  operation: 'createMigration',
  method: 'POST',
  account: 'ali-main',
  instanceId: 'rm-1',
  migrationId: 'mig_a',
  webhookId: null,
  status: 201,
  outcome: 'ok',
  replayed: false,
  count: 1,
  requestId: 'req_a',
};

export function auditBehaviour(site: Site): void {
  const open = async () => (await site.open()) as Store & AuditLog;

  it('returns records, newest first, page by page', async () => {
    const store = await open();
    for (let number = 0; number < 5; number++) await store.appendAudit({ ...record, status: 200 + number });
    const all = await store.listAudit({}, { size: 10 });
    expect(all.map(({ id: _id, ...rest }) => rest)).toEqual(
      [4, 3, 2, 1, 0].map((number) => ({ ...record, status: 200 + number })),
    );
    const first = await store.listAudit({}, { size: 2 });
    const next = await store.listAudit({}, { size: 3, after: first[1]?.id ?? '' });
    expect([...first, ...next]).toEqual(all);
    expect(await store.listAudit({}, { size: 3, after: all[4]?.id ?? '' })).toEqual([]);
    expect(await store.listAudit({}, { size: 3, after: 'evt_1' })).toEqual([]);
  });

  it('filters by caller, migration, time and visible accounts', async () => {
    const store = await open();
    const stranger = { ...record, caller: null, account: null, instanceId: null, migrationId: null, status: 401 };
    const later = { ...record, caller: 'operator', account: 'hw-main', migrationId: 'mig_b', at: noon + 1000 };
    for (const each of [record, stranger, later]) await store.appendAudit(each);
    const callers = async (filter: Parameters<AuditLog['listAudit']>[0]) =>
      (await store.listAudit(filter, { size: 10 })).map(({ caller }) => caller);
    expect(await callers({})).toEqual(['operator', null, 'ci']);
    expect(await callers({ caller: 'ci' })).toEqual(['ci']);
    expect(await callers({ migrationId: 'mig_b' })).toEqual(['operator']);
    expect(await callers({ since: noon + 1000 })).toEqual(['operator']);
    expect(await callers({ visibleAccounts: ['ali-main'] })).toEqual(['ci']);
    expect(await callers({ visibleAccounts: [] })).toEqual([]);
    expect(await callers({ caller: 'ci', migrationId: 'mig_b' })).toEqual([]);
  });

  it('is ordered by request time, whenever the records are written', async () => {
    const store = await open();
    for (const [second, caller] of [
      [2, 'c'],
      [0, 'a'],
      [1, 'b'],
      [1, 'b2'],
    ] as const)
      await store.appendAudit({ ...record, caller, at: noon + second * 1000 });
    const callers: (string | null)[] = [];
    let after = {};
    for (;;) {
      const [next] = await store.listAudit({ since: noon + 1000 }, { size: 1, ...after });
      if (next === undefined) break;
      callers.push(next.caller);
      after = { after: next.id };
    }
    expect(callers).toEqual(['c', 'b2', 'b']);
  });

  it('keeps records of a deleted migration', async () => {
    const store = await open();
    const migration = sampleMigration();
    await store.create(migration, noLease);
    expect(await store.placeOf(migration.id)).toEqual({
      account: migration.account,
      instanceId: migration.target.instanceId,
    });
    await store.appendAudit({ ...record, migrationId: migration.id });
    await store.remove(migration.id);
    expect(await store.listAudit({ migrationId: migration.id }, { size: 10 })).toHaveLength(1);
    expect(await store.placeOf(migration.id)).toBeNull();
  });
}
