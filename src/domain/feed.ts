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
  /** In words; null for a taken file. */
  readonly reason: string | null;
  readonly backupId: string | null;
  readonly header: BackupHeader | null;
}

/** The full backup of a feed is queued at the creation. The first scan of the folder determines its file. */
export function isUnresolved({ source }: Pick<Backup, 'source'>): boolean {
  return source.type === 'object_storage' && source.keys.length === 0;
}

/** Whether a migration still waits for the file of its full backup. */
export function awaitsFullBackup({ backups }: Pick<Migration, 'backups'>): boolean {
  const [full] = backups;
  return full !== undefined && isUnresolved(full);
}

/** Whether files of the folder may still be taken. */
export function takesFiles(migration: Migration): boolean {
  const { feed, backups, cutoverRequested, cancelRequested, state } = migration;
  if (feed === undefined || feed.closed || cutoverRequested || cancelRequested) return false;
  if (state === 'succeeded' || state === 'failed' || state === 'cancelled' || state === 'cutting_over') return false;
  return !backups.some(
    ({ final, type, state: each }) => final && type !== 'full' && each !== 'failed' && each !== 'skipped',
  );
}

/** How far the target is behind the newest known backup of the chain, in seconds; null: one of the times is unknown. */
export function behindSeconds({ feed, backups }: Migration): number | null {
  const restored = backups.findLast(({ state }) => state === 'restored')?.header?.finishedAt ?? null;
  if (feed === undefined || feed.newestFinishedAt === null || restored === null) return null;
  // Both are local times of the source without a zone, so their difference is valid.
  const seconds = (Date.parse(`${feed.newestFinishedAt}Z`) - Date.parse(`${restored}Z`)) / 1000;
  return Number.isNaN(seconds) ? null : Math.max(0, seconds);
}
