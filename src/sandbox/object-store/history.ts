import type { CloudName } from '../cloud.ts';
import type { BackupFileSpecification } from './backup-file.ts';
import type { StoredFile } from './objects.ts';

/** The bucket of each cloud that contains the history. Tencent's bucket names end in the account number. */
export const historyBuckets: Readonly<Record<CloudName, string>> = {
  alibaba: 'acme-backups',
  huawei: 'acme-backups',
  tencent: 'acme-backups-1250000000',
};
/** The folder of the history. */
export const historyFolder = 'history/orders/';

const day = '2026-11-27';
/** The LSN of the history at a minute after 01:00. */
const lsnAt = (minute: number) => String(25_000_001_000_000_001n + BigInt(minute) * 10_000_000n);

const time = (minute: number) => {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${day}T${two(1 + Math.floor(minute / 60))}:${two(minute % 60)}:00`;
};

function backup(kind: string, from: number, to: number, base: string, more: Partial<BackupFileSpecification> = {}) {
  const checkpoint = String(BigInt(lsnAt(kind === 'L' ? from : to)) - 400_000n);
  const specification: BackupFileSpecification = {
    database: 'orders',
    kind,
    firstLsn: kind === 'L' ? lsnAt(from) : checkpoint,
    lastLsn: lsnAt(to),
    checkpointLsn: checkpoint,
    databaseBackupLsn: base,
    startedAt: time(to),
    finishedAt: time(to),
    ...more,
  };
  return specification;
}

/**
 * The files of a typical folder after one day: a full backup, two differential backups, a log backup every 15 minutes, and stray files (a
 * stripe, an archive, a copy-only backup, a file of another database, a file in an archive storage class).
 */
export function believableHistory(cloud: CloudName): readonly StoredFile[] {
  const full = backup('D', 0, 0, '0');
  const base = full.checkpointLsn;
  const tencent = cloud === 'tencent';
  const stamp = (minute: number) => time(minute).replaceAll(/[-T:]/g, '');
  const name = (kind: 'FULL' | 'DIFF' | 'LOG', minute: number) => {
    if (!tencent) return `orders_${kind}_${stamp(minute)}.bak`;
    return `orders_${stamp(minute)}_${kind === 'DIFF' ? '1diff1_1' : kind === 'LOG' ? '2log2_2' : '2full2_2'}noreconvery${kind === 'DIFF' ? 1 : 2}.bak`;
  };
  const files: readonly (readonly [name: string, content: StoredFile['content'], storageClass?: string])[] = [
    [name('FULL', 0), { backup: full }],
    ...[15, 30, 45, 60, 75].map(
      (to) => [name('LOG', to), { backup: backup('L', to === 15 ? -5 : to - 15, to, base) }] as const,
    ),
    [name('DIFF', 32), { backup: backup('I', 0, 32, base) }],
    [name('DIFF', 62), { backup: backup('I', 0, 62, base) }],
    ['orders_copy_only.bak', { backup: backup('D', 40, 40, base, { copyOnly: true }) }],
    ['orders_stripe_1of2.bak', { backup: backup('D', 50, 50, base, { stripe: { number: 1, of: 2 } }) }],
    ['orders_last_year.zip', { text: 'PK\u0003\u0004 an archive' }],
    [`sales_${name('FULL', 5)}`, { backup: backup('D', 0, 5, '0', { database: 'sales' }) }],
    ['orders_LOG_frozen.bak', { backup: backup('L', 75, 90, base) }, 'ARCHIVE'],
  ];
  const putAt = Date.parse(`${day}T03:00:00Z`);
  return files.map(([file, content, storageClass], index) => ({
    bucket: historyBuckets[cloud],
    key: `${historyFolder}${file}`,
    putAt: putAt + index * 1000,
    content,
    ...(storageClass !== undefined && { storageClass }),
  }));
}
