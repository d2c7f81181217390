import type { BackupHeader } from '../../../src/domain/backup-header.ts';
import type { Backup, Migration } from '../../../src/domain/migration.ts';
import type { MigrationState } from '../../../src/domain/vocabulary.ts';
import { sampleBackup, sampleMigration } from '../../support/samples.ts';

/** A night with a cutover. Times, ids and vendor words are the same in each run. */

/** The current time of the scene: 2026-11-28T03:12:00Z. */
export const night = Date.UTC(2026, 10, 28, 3, 12);
const minutes = (count: number) => count * 60_000;

const idOf = (prefix: string, number: number) => `${prefix}_01m8h8k3q0${String(number).padStart(16, '0')}`;

/** A file of the chain: one log backup per quarter of an hour. */
function header(type: BackupHeader['type'], quarter: number): BackupHeader {
  const at = new Date(night - minutes(27) - minutes(15) * (8 - quarter)).toISOString().slice(0, 19);
  const lsn = (place: number) => String(25_000_006_200_170_001n + BigInt(place) * 9_100_000n);
  return {
    database: 'orders',
    type,
    startedAt: at,
    finishedAt: at,
    firstLsn: lsn(type === 'log' ? quarter - 1 : quarter),
    lastLsn: lsn(quarter),
    checkpointLsn: lsn(0),
    databaseBackupLsn: type === 'full' ? '0' : lsn(0),
    serverVersion: '15.0.2000',
    copyOnly: false,
    stripe: { number: 1, of: 1 },
    sets: 1,
    form: 'plain',
  };
}

function backup(number: number, key: string, overrides: Partial<Backup>): Backup {
  return sampleBackup({
    id: idOf('bkp', number),
    source: { type: 'object_storage', bucket: 'acme-backups', keys: [key] },
    final: false,
    state: 'restored',
    createdAt: night - minutes(140),
    ...overrides,
  });
}

function chain(): readonly Backup[] {
  const sent = (quarter: number) => night - minutes(132) + minutes(15) * quarter;
  const restored = (quarter: number, type: 'full' | 'log'): Partial<Backup> => ({
    type,
    header: header(type, quarter),
    providerStatus: 'SUCCESS',
    providerRefs: { jobId: `9b2f60c1-7d0${quarter}-4a15-8c3e-2f4d1a6b7c01` },
    submittedAt: sent(quarter),
    finishedAt: sent(quarter) + minutes(quarter === 0 ? 11 : 2),
  });
  return [
    backup(1, 'prod/orders/orders_FULL.bak', restored(0, 'full')),
    ...[1, 2, 3].map((quarter) =>
      backup(1 + quarter, `prod/orders/orders_LOG_0${quarter}.bak`, restored(quarter, 'log')),
    ),
    backup(5, 'prod/orders/orders_LOG_05.bak', {
      type: 'log',
      header: header('log', 5),
      state: 'failed',
      providerStatus: 'PRECHECK FAILED',
      providerRefs: { jobId: '9b2f60c1-7d05-4a15-8c3e-2f4d1a6b7c01' },
      submittedAt: night - minutes(9),
      finishedAt: night - minutes(8),
      error: {
        code: 'log_chain_gap',
        detail: 'A backup between this file and the last restored one is missing. Restore the missing one first.',
        retryable: false,
        provider: gap,
      },
    }),
  ];
}

const gap = {
  name: 'huawei',
  operation: 'ListReplicationJobs',
  code: null,
  message: 'The log in this backup set begins at a LSN that is too recent to apply to the database. (Error 4305)',
  requestId: '5f0c2a8d9e6b47f1a3d4c5b6e7f80912',
  httpStatus: 200,
};

function row(number: number, name: string, state: MigrationState, overrides: Partial<Migration> = {}): Migration {
  const ended = ['succeeded', 'failed', 'cancelled'].includes(state);
  const began = night - minutes(number * 17);
  return sampleMigration({
    id: idOf('mig', 100 - number),
    name,
    account: 'sandbox-alibaba',
    target: {
      instanceId: `rm-uf6wjk5${name.replaceAll(/[^a-z0-9]/g, '').slice(0, 9)}`,
      databases: [{ name }],
      overwrite: false,
    },
    caller: 'dba',
    state,
    createdAt: began,
    startedAt: began + 2000,
    finishedAt: ended ? began + minutes(12) : null,
    updatedAt: night - minutes(1),
    observedAt: night - 4000,
    dueAt: null,
    backups: [
      backup(number * 20, `prod/${name}_FULL.bak`, {
        final: true,
        state: ended ? (state === 'succeeded' ? 'restored' : 'failed') : 'restoring',
        submittedAt: began + 1000,
      }),
    ],
    ...overrides,
  });
}

/** The main migration of the scene: a chain with one missing file. */
export const blockedChain: Migration = row(8, 'orders-2026', 'awaiting_backup', {
  provider: 'huawei',
  account: 'sandbox-huawei',
  region: 'ap-southeast-3',
  mode: 'full_log',
  target: {
    instanceId: '3c12f4bd8a6e4d7fa1b2c3d4e5f60718in04',
    databases: [{ name: 'orders' }],
    overwrite: false,
  },
  labels: { team: 'orders', change: 'CHG-20417' },
  description: 'Cutover of the shop',
  providerStatus: 'PRECHECK FAILED',
  providerRefs: { jobId: '9b2f60c1-7d05-4a15-8c3e-2f4d1a6b7c01' },
  stateReason: 'backup_failed',
  blocking: [
    {
      code: 'backup_failed',
      detail:
        'The log backup `orders_LOG_05.bak` did not pass the check before the restore, so nothing of it was restored. A backup between it and ' +
        '`orders_LOG_03.bak` is missing.',
      since: night - minutes(8),
      provider: gap,
    },
  ],
  createdAt: night - minutes(140),
  startedAt: night - minutes(139),
  backups: chain(),
});

/** All migrations of the scene. */
export const nightScene: readonly Migration[] = [
  row(1, 'reports', 'restoring', {
    provider: 'tencent',
    account: 'sandbox-tencent',
    region: 'ap-guangzhou',
    percent: 62,
    target: { instanceId: 'mssql-r3p0rts1', overwrite: false },
    providerStatus: '8',
  }),
  row(2, 'crm', 'pending', {
    stateReason: 'provider_unavailable',
    blocking: [
      {
        code: 'provider_unavailable',
        detail: 'The vendor cannot be reached. Nothing is lost; trying again by itself.',
        since: night - minutes(3),
        provider: {
          name: 'alibaba',
          operation: 'CreateMigrateTask',
          code: 'ServiceUnavailable',
          message: 'The request has failed due to a temporary failure of the server.',
          requestId: '5C77173A-3F72-4815-A9A4-495E21DD5790',
          httpStatus: 503,
        },
      },
    ],
  }),
  row(3, 'stock', 'cutting_over', { mode: 'full_log', backups: chain().slice(0, 4) }),
  blockedChain,
  row(9, 'billing', 'failed', {
    error: {
      code: 'backup_corrupt_or_newer',
      detail:
        'The file is damaged or incomplete, is not a SQL Server backup, or comes from a newer SQL Server than the target runs. ' +
        'Check it with RESTORE VERIFYONLY, or back up again.',
      retryable: false,
      provider: {
        name: 'alibaba',
        operation: 'DescribeMigrateTasks',
        code: 'Failed',
        message: 'Failed to verify billing_FULL.bak: the backup file is corrupted or newer edition.',
        requestId: 'E05A6ABD-FE92-47BD-9D7C-1324C68D2C05',
        httpStatus: 200,
      },
    },
  }),
  row(10, 'archive-2019', 'succeeded', { percent: 100 }),
  row(11, 'payroll', 'cancelled'),
];
