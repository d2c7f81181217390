import type { MigrationEvent } from '../../../src/domain/event.ts';
import type { Backup, Migration } from '../../../src/domain/migration.ts';
import { type Capabilities, providerRegistry } from '../../../src/domain/provider.ts';
import type { Runtime } from '../../../src/domain/runtime.ts';
import type { Delivery, Webhook } from '../../../src/domain/webhook.ts';
import type { HttpProvider } from '../../../src/http/app-types.ts';
import { providers as everyProvider, type ProviderId } from '../../support/providers.ts';
import { sampleBackup, sampleMigration } from '../../support/samples.ts';

/** 2026-11-21T19:08:00.000Z */
export const noon = Date.UTC(2026, 10, 21, 19, 8);

/** The n-th id of a kind; ids of greater n sort later. */
export function idOf(prefix: 'mig' | 'bkp' | 'evt' | 'whk' | 'dlv', n: number): string {
  return `${prefix}_01kbzq3m8e${String(n).padStart(16, '0')}`;
}

export function aBackup(overrides: Partial<Backup> = {}): Backup {
  return sampleBackup({
    id: idOf('bkp', 1),
    state: 'restoring',
    providerStatus: 'Running',
    providerRefs: { migrateTaskId: '564563256' },
    createdAt: noon,
    submittedAt: noon,
    ...overrides,
  });
}

export function aMigration(overrides: Partial<Migration> = {}): Migration {
  return sampleMigration({
    id: idOf('mig', 1),
    name: 'orders-2026',
    labels: { team: 'orders' },
    target: { instanceId: 'rm-uf6wjk5xxxxxxx', databases: [{ name: 'orders' }], overwrite: false },
    caller: 'anonymous',
    state: 'restoring',
    providerStatus: 'Running',
    providerRefs: { migrateTaskId: '564563256' },
    percent: 40,
    backups: [aBackup()],
    createdAt: noon,
    startedAt: noon,
    updatedAt: noon,
    observedAt: noon,
    version: 3,
    ...overrides,
  });
}

export function anEvent(n: number, overrides: Partial<MigrationEvent> = {}): MigrationEvent {
  return {
    id: idOf('evt', n),
    migrationId: idOf('mig', 1),
    account: 'ali-main',
    type: 'migration.state_changed',
    at: noon + n,
    data: { from: 'pending', to: 'restoring', error: null },
    ...overrides,
  };
}

export function aWebhook(overrides: Partial<Webhook> = {}): Webhook {
  return {
    id: idOf('whk', 1),
    url: { display: 'https://receiver.example/godwit', sealed: 'sealed-url' },
    description: null,
    eventTypes: ['migration.state_changed'],
    accounts: ['ali-main'],
    sealedSecret: 'sealed-secret',
    enabled: true,
    disabledReason: null,
    caller: 'anonymous',
    createdAt: noon,
    updatedAt: noon,
    version: 3,
    ...overrides,
  };
}

export function aDelivery(overrides: Partial<Delivery> = {}): Delivery {
  return {
    id: idOf('dlv', 1),
    webhookId: idOf('whk', 1),
    event: anEvent(1),
    state: 'pending',
    attempts: 1,
    lastAttemptAt: noon,
    lastStatus: 503,
    lastError: 'the receiver answered 503',
    dueAt: noon + 5000,
    createdAt: noon,
    ...overrides,
  };
}

export function capabilitiesOf(id: ProviderId): Capabilities {
  return {
    id,
    title: `The cloud ${id}`,
    modes: ['full', 'full_log'],
    sources: ['object_storage', 'url'],
    filesPerBackup: { min: 1, max: 1 },
    urlsPerBackup: { min: 1, max: 1 },
    databases: { optional: false, min: 1, max: 1, renames: 1 },
    overwrite: false,
    options: ['consistencyCheck'],
    cutoverWithoutBackup: true,
    cancelWhileRestoring: true,
    failedIncrement: 'fatal',
    differentialBeforeLogs: true,
    oneRestorePerInstance: false,
    progressPercent: false,
    regions: ['cn-hangzhou'],
    limits: { fileSize: '64 TB' },
  };
}

function lifeCycleOf(id: ProviderId): HttpProvider {
  return {
    id,
    options: everyProvider.of(id).options,
    examples: everyProvider.of(id).examples,
    capabilities: capabilitiesOf(id),
    cancelVerdict: () => ({ possible: true, calls: true, warning: null }),
    canBecomeFinal: () => true,
  };
}

export const providers = providerRegistry([lifeCycleOf('alibaba'), lifeCycleOf('huawei'), lifeCycleOf('tencent')]);

/** A manual clock, and random bytes that count up. */
export function aRuntime(): Runtime & { advance(ms: number): void } {
  let now = noon;
  let count = 0;
  return {
    now: () => now,
    monotonic: () => now,
    randomBytes: (size) => Uint8Array.from({ length: size }, () => count++ % 32),
    uuid: () => `00000000-0000-4000-8000-${String(count++).padStart(12, '0')}`,
    sleep: async () => undefined,
    advance(ms) {
      now += ms;
    },
  };
}

/** A valid request. */
export const createBody = {
  provider: 'alibaba',
  account: 'ali-main',
  target: { instanceId: 'rm-uf6wjk5xxxxxxx', databases: [{ name: 'orders' }] },
  source: { type: 'object_storage', bucket: 'acme-backups', keys: ['prod/orders_full.bak'] },
};
