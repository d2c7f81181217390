import { type ProviderExamples, placeOf } from '../../domain/request-examples.ts';

const provider = 'huawei';
const inBucket = (key: string) => ({ type: 'object_storage', bucket: 'acme-backups', keys: [key] });
const folder = { bucket: 'acme-backups', prefix: 'history/orders/' };

/** Request examples for Huawei Cloud. In the sandbox an instance whose id contains `scratch` accepts any number of restores. */
export const examples: ProviderExamples = {
  sandboxRegion: 'ap-southeast-3',
  createMigration: (account) => ({
    huawei: {
      summary: 'Huawei Cloud: one full backup from OBS, renamed on the target',
      description: 'Ends `succeeded`.',
      value: {
        provider,
        ...placeOf(account),
        name: 'orders-2026',
        labels: { team: 'orders' },
        mode: 'full',
        target: {
          instanceId: 'scratch-8d3b7c1a0e5f4d21in04',
          databases: [{ name: 'orders', restoreAs: 'orders_copy' }],
        },
        source: inBucket('prod/orders_full.bak'),
      },
    },
    huawei_chain: {
      summary: 'Huawei Cloud: a chain of a full backup and log backups',
      description:
        'Rests at `awaiting_backup`. Continue with the examples of `addBackup`; only a final file can open it.',
      value: {
        provider,
        ...placeOf(account),
        name: 'sales-2026',
        labels: { team: 'sales' },
        mode: 'full_log',
        target: { instanceId: 'scratch-8d3b7c1a0e5f4d21in04', databases: [{ name: 'sales' }] },
        source: inBucket('prod/sales_full.bak'),
      },
    },
    huawei_instance_backup: {
      summary: 'Huawei Cloud: the backup of another instance',
      description: 'Ends `succeeded`.',
      value: {
        provider,
        ...placeOf(account),
        mode: 'full',
        target: {
          instanceId: 'scratch-8d3b7c1a0e5f4d21in04',
          databases: [{ name: 'hr', restoreAs: 'hr_of_yesterday' }],
        },
        source: {
          type: 'instance_backup',
          instanceId: '2f1c9d7be8a04c51a6d3f0b2c4e5a697in04',
          backupId: '7e0a4b6c1d2f4938b5c7d9e1f3a5b7c9br04',
          engineVersion: '2019_EE',
        },
      },
    },
    huawei_folder: {
      summary: 'Huawei Cloud: a folder, taken by log sequence numbers',
      description:
        'Ends `succeeded`: `lastFile` opens the database. Godwit takes a file once two listings show it unchanged.',
      value: {
        provider,
        ...placeOf(account),
        name: 'orders-history',
        mode: 'full_log',
        target: { instanceId: 'scratch-folder0a0e5f4d21in04', databases: [{ name: 'orders' }] },
        feed: { ...folder, lastFile: 'orders_LOG_20261127021500.bak' },
      },
    },
  }),
  inspectBackups: (account) => ({
    huawei_inspect: {
      summary: 'Huawei Cloud: the files of a folder, and their chain',
      description: 'In the sandbox the folder holds a history with a stripe, an archive and a frozen file.',
      value: { provider, ...placeOf(account), ...folder, database: 'orders' },
    },
  }),
  addBackup: {
    huawei_log: {
      summary: 'Huawei Cloud: a log backup',
      value: { type: 'log', source: inBucket('prod/sales_log_1.bak') },
    },
    huawei_last: {
      summary: 'Huawei Cloud: the last log backup; the database comes online after it',
      value: { type: 'log', source: inBucket('prod/sales_log_2.bak'), final: true },
    },
  },
  retryMigration: {
    adopt_huawei: {
      summary: 'Huawei Cloud: I have found its job',
      value: { adopt: { jobId: '8cd3a5c4-1f7e-4d0b-9a53-6f1e2b7c0d94' } },
    },
  },
};
