import type { BackupHeader } from './backup-header.ts';
import type { Backup, Instant, Migration } from './migration.ts';
import type { FeedVerdict } from './vocabulary.ts';

/** A file of a watched folder and its verdict. */
export interface FeedItem {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  readonly lastModified: Instant | null;
  readonly verdict: FeedVerdict;
  /** Explanation for people; null for a taken file. */
  readonly reason: string | null;
  readonly backupId: string | null;
  readonly header: BackupHeader | null;
}

/** Whether the file of a backup is unknown: a migration with a feed is created with a full backup that the first scan determines. */
export function isUnresolved({ source }: Pick<Backup, 'source'>): boolean {
  return source.type === 'object_storage' && source.keys.length === 0;
}

/** Whether the file of the full backup is still unknown. */
export function awaitsFullBackup({ backups }: Pick<Migration, 'backups'>): boolean {
  const [full] = backups;
  return full !== undefined && isUnresolved(full);
}

/** Whether further files of the folder may become backups. */
export function takesFiles(migration: Migration): boolean {
  const { feed, backups, cutoverRequested, cancelRequested, state } = migration;
  if (feed === undefined || feed.closed || cutoverRequested || cancelRequested) return false;
  if (state === 'succeeded' || state === 'failed' || state === 'cancelled' || state === 'cutting_over') return false;
  return !backups.some(
    ({ final, type, state: each }) => final && type !== 'full' && each !== 'failed' && each !== 'skipped',
  );
}

/** Age difference between the last restored backup and the newest known one of the chain, in whole or fractional seconds; null: unknown. */
export function behindSeconds({ feed, backups }: Migration): number | null {
  const restored = backups.findLast(({ state }) => state === 'restored')?.header?.finishedAt ?? null;
  if (feed === undefined || feed.newestFinishedAt === null || restored === null) return null;
  // Both are local times of the source server without a zone, so their difference is valid.
  const seconds = (Date.parse(`${feed.newestFinishedAt}Z`) - Date.parse(`${restored}Z`)) / 1000;
  return Number.isNaN(seconds) ? null : Math.max(0, seconds);
}
