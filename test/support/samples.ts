import { newId } from '../../src/domain/ids.ts';
import type { Backup, Call, Migration } from '../../src/domain/migration.ts';
import { systemRuntime } from '../../src/runtime.ts';

/** 2026-11-21T12:00:00Z. */
export const noon = Date.UTC(2026, 10, 21, 12);

let created = 0;

/**
 * An id that sorts after all earlier ones of this process. All have the time noon; a counter after it gives the order.
 */
export function nextMigrationId(): string {
  created++;
  const ordered = (length: number) => {
    const bytes = systemRuntime.randomBytes(length);
    for (let digit = 0; digit < 4; digit++) bytes[digit] = Math.floor(created / 32 ** (3 - digit)) % 32;
    return bytes;
  };
  return newId('mig', { now: () => noon, randomBytes: ordered });
}

export function sampleBackup(overrides: Partial<Backup> = {}): Backup {
  return {
    id: newId('bkp', systemRuntime),
    type: 'full',
    source: { type: 'object_storage', bucket: 'acme-backups', keys: ['prod/orders_full.bak'] },
    final: true,
    state: 'queued',
    attempt: 1,
    uploaded: false,
    providerStatus: null,
    providerRefs: {},
    error: null,
    createdAt: noon,
    submittedAt: null,
    finishedAt: null,
    ...overrides,
  };
}

export function sampleCall(overrides: Partial<Call> = {}): Call {
  return {
    number: 1,
    step: 'restore',
    backupId: null,
    attempt: 1,
    operation: 'CreateMigrateTask',
    state: 'sending',
    sentAt: noon,
    settledAt: null,
    refs: {},
    error: null,
    requestId: null,
    looks: 0,
    ...overrides,
  };
}

/** A new migration. By default its database name is unique among all samples. */
export function sampleMigration(overrides: Partial<Migration> = {}): Migration {
  const id = nextMigrationId();
  return {
    id,
    provider: 'alibaba',
    account: 'ali-main',
    region: 'cn-hangzhou',
    name: null,
    description: null,
    labels: {},
    mode: 'full',
    target: { instanceId: 'rm-uf6wjk5', databases: [{ name: id }], overwrite: false },
    options: {},
    providerOptions: {},
    caller: 'ci',
    state: 'pending',
    stateReason: null,
    providerStatus: null,
    providerRefs: {},
    blocking: [],
    warnings: [],
    percent: null,
    backups: [sampleBackup()],
    calls: [],
    cutoverRequested: false,
    cancelRequested: false,
    error: null,
    createdAt: noon,
    startedAt: null,
    finishedAt: null,
    updatedAt: noon,
    observedAt: null,
    occupiesInstance: false,
    dueAt: noon,
    failures: 0,
    version: 1,
    ...overrides,
  };
}
