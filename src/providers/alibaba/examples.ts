import { type ProviderExamples, placeOf } from '../../domain/request-examples.ts';

const provider = 'alibaba';
const inBucket = (key: string) => ({ type: 'object_storage', bucket: 'acme-backups', keys: [key] });
const folder = { bucket: 'acme-backups', prefix: 'history/orders/' };

/** Request examples for Alibaba Cloud. In the sandbox an instance whose id contains `scratch` accepts any number of restores. */
export const examples: ProviderExamples = {
  sandboxRegion: 'cn-hangzhou',
  createMigration: (account) => ({
    alibaba: {
      summary: 'Alibaba Cloud: one full backup from OSS, then online',
      description: 'Ends `succeeded`.',
      value: {
        provider,
        ...placeOf(account),
        name: 'orders-2026',
        labels: { team: 'orders' },
        mode: 'full',
        target: { instanceId: 'rm-scratch-uf6wjk5', databases: [{ name: 'orders' }] },
        source: inBucket('prod/orders_full.bak'),
      },
    },
    alibaba_chain: {
      summary: 'Alibaba Cloud: a chain of a full backup and log backups',
      description: 'Rests at `awaiting_backup`. Continue with the examples of `addBackup`, or open it with `cutover`.',
      value: {
        provider,
        ...placeOf(account),
        name: 'sales-2026',
        labels: { team: 'sales' },
        mode: 'full_log',
        target: { instanceId: 'rm-scratch-uf6wjk5', databases: [{ name: 'sales' }] },
        source: inBucket('prod/sales_full.bak'),
      },
    },
    alibaba_url: {
      summary: 'Alibaba Cloud: a signed URL, onto an instance of SQL Server 2008 R2',
      description: 'Ends `succeeded`. Only instances of SQL Server 2008 R2 on local disks accept URLs.',
      value: {
        provider,
        ...placeOf(account),
        mode: 'full',
        target: { instanceId: 'rm-scratch-2008r2', databases: [{ name: 'archive' }] },
        source: {
          type: 'url',
          urls: [
            `https://acme-backups.oss-${account?.region ?? 'cn-hangzhou'}.aliyuncs.com/prod/archive_full.bak?Expires=1893456000&OSSAccessKeyId=EXAMPLE&Signature=EXAMPLE`,
          ],
        },
      },
    },
    alibaba_folder: {
      summary: 'Alibaba Cloud: a folder, taken by log sequence numbers',
      description:
        'Ends `succeeded`: `lastFile` opens the database. Godwit takes a file once two listings show it unchanged.',
      value: {
        provider,
        ...placeOf(account),
        name: 'orders-history',
        mode: 'full_log',
        target: { instanceId: 'rm-scratch-folder', databases: [{ name: 'orders' }] },
        feed: { ...folder, lastFile: 'orders_LOG_20261127021500.bak' },
      },
    },
  }),
  inspectBackups: (account) => ({
    alibaba_inspect: {
      summary: 'Alibaba Cloud: the files of a folder, and their chain',
      description: 'In the sandbox the folder holds a history with a stripe, an archive and a frozen file.',
      value: { provider, ...placeOf(account), ...folder, database: 'orders' },
    },
  }),
  addBackup: {
    alibaba_log: {
      summary: 'Alibaba Cloud: a log backup',
      value: { type: 'log', source: inBucket('prod/sales_log_1.trn') },
    },
    alibaba_last: {
      summary: 'Alibaba Cloud: the last log backup; the database comes online after it',
      value: { type: 'log', source: inBucket('prod/sales_log_2.trn'), final: true },
    },
  },
  retryMigration: {
    adopt_alibaba: {
      summary: 'Alibaba Cloud: I have found its migration task',
      value: { adopt: { migrateTaskId: '564563256' } },
    },
  },
};
