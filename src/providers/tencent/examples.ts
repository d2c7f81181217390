import { type ProviderExamples, placeOf } from '../../domain/request-examples.ts';

const provider = 'tencent';
const inBucket = (key: string) => ({ type: 'object_storage', bucket: 'acme-backups-1250000000', keys: [key] });
const folder = { bucket: 'acme-backups-1250000000', prefix: 'history/orders/' };

/** Request examples for Tencent Cloud. In the sandbox an instance whose id begins with `mssql-scratch` accepts any number of restores. */
export const examples: ProviderExamples = {
  sandboxRegion: 'ap-guangzhou',
  createMigration: (account) => ({
    tencent: {
      summary: 'Tencent Cloud: one full backup from COS, renamed on the target',
      description: 'Ends `succeeded`.',
      value: {
        provider,
        ...placeOf(account),
        name: 'orders-2026',
        labels: { team: 'orders' },
        mode: 'full',
        target: { instanceId: 'mssql-scratch1', databases: [{ name: 'orders', restoreAs: 'orders_copy' }] },
        source: inBucket('prod/orders_full.bak'),
      },
    },
    tencent_chain: {
      summary: 'Tencent Cloud: a chain of a full backup and log backups',
      description:
        'Rests at `awaiting_backup`. Continue with the examples of `addBackup`; only a final file can open it. The vendor prescribes ' +
        'the file names: `GET /providers/tencent/backup-command` returns the command that creates them.',
      value: {
        provider,
        ...placeOf(account),
        name: 'sales-2026',
        labels: { team: 'sales' },
        mode: 'full_log',
        target: { instanceId: 'mssql-scratch1', databases: [{ name: 'sales' }] },
        source: inBucket('prod/sales_20261121030000_2full2_2noreconvery2.bak'),
      },
    },
    tencent_folder: {
      summary: 'Tencent Cloud: a folder, taken by log sequence numbers',
      description:
        'Stays at `awaiting_backup`: only a final file can open the database, and the folder has none. `getFeed` shows the verdict on each file.',
      value: {
        provider,
        ...placeOf(account),
        mode: 'full_log',
        target: { instanceId: 'mssql-scratch2', databases: [{ name: 'orders' }] },
        feed: folder,
      },
    },
    tencent_url: {
      summary: 'Tencent Cloud: a signed URL',
      description: 'Ends `succeeded`.',
      value: {
        provider,
        ...placeOf(account),
        mode: 'full',
        target: { instanceId: 'mssql-scratch1', databases: [{ name: 'archive' }] },
        source: {
          type: 'url',
          urls: [
            `https://acme-backups-1250000000.cos.${account?.region ?? 'ap-guangzhou'}.myqcloud.com/prod/archive.bak?q-sign-algorithm=sha1&q-ak=EXAMPLE&q-signature=EXAMPLE`,
          ],
        },
      },
    },
    tencent_upload: {
      summary: 'Tencent Cloud: a file that you upload to the vendor’s own bucket',
      description:
        'Stays `pending` until the file is uploaded: `getUploadTarget` gives the place, `markBackupUploaded` reports the upload.',
      value: {
        provider,
        ...placeOf(account),
        mode: 'full',
        target: { instanceId: 'mssql-scratch1', databases: [{ name: 'uploaded' }] },
        source: { type: 'upload', fileName: 'uploaded.bak' },
      },
    },
  }),
  inspectBackups: (account) => ({
    tencent_inspect: {
      summary: 'Tencent Cloud: the files of a folder, and their chain',
      description: 'In the sandbox the folder holds a history with a stripe, an archive and a frozen file.',
      value: { provider, ...placeOf(account), ...folder, database: 'orders' },
    },
  }),
  addBackup: {
    tencent_log: {
      summary: 'Tencent Cloud: a log backup',
      value: { type: 'log', source: inBucket('prod/sales_20261121040000_2log2_2noreconvery2.bak') },
    },
    tencent_last: {
      summary: 'Tencent Cloud: the last log backup, named as such; the database comes online after it',
      value: { type: 'log', source: inBucket('prod/sales_20261121050000_2log2_2reconvery2.bak'), final: true },
    },
  },
  retryMigration: {
    adopt_tencent: {
      summary: 'Tencent Cloud: I have found its import',
      value: { adopt: { backupMigrationId: 'mssql-backup-migration-52c45alk' } },
    },
  },
};
