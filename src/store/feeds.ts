import { hash } from 'node:crypto';
import type { Kysely } from 'kysely';
import { takesFiles } from '../domain/feed.ts';
import {
  type FeedStore,
  type FolderDocument,
  folderKey,
  type ScanEnd,
  type WatchedFolder,
} from '../domain/feed-store.ts';
import type { Instant, Migration } from '../domain/migration.ts';
import type { Session, SqlDialect } from './session.ts';
import type { FeedFoldersTable, Tables } from './tables.ts';

/** Maximum rows per statement: far below the parameter limits of both databases. */
const batchSize = 300;

/** `FeedStore.folderIdOf`: a digest of the folder. */
export function folderIdOf(migration: Migration): string | null {
  const { feed } = migration;
  return feed === undefined ? null : hash('sha256', folderKey(migration, feed));
}

/** Whether the migration needs scans of its folder. */
export function watchesNow(migration: Migration): boolean {
  return takesFiles(migration);
}

/** Stores the folder of a migration that begins to watch it, and makes the folder due. */
export async function keepFolder(db: Kysely<Tables>, before: Migration | null, after: Migration): Promise<void> {
  const { feed } = after;
  const id = folderIdOf(after);
  const begins = watchesNow(after) && (before === null || !watchesNow(before));
  if (feed === undefined || id === null || !begins) return;
  const row: FeedFoldersTable = {
    id,
    account: after.account,
    region: after.region,
    bucket: feed.bucket,
    prefix: feed.prefix,
    due_at: Math.ceil(after.updatedAt),
    lease_owner: null,
    lease_until: null,
    failures: 0,
    scanned_at: null,
  };
  await db
    .insertInto('feed_folders')
    .values(row)
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ due_at: row.due_at }))
    .execute();
}

/** `FeedStore.claimFolder` inside its transaction. Leases of folders use the process's clock. */
export async function claimFolder(
  { db, dialect }: Session,
  owner: string,
  now: Instant,
  leaseMs: number,
): Promise<WatchedFolder | null> {
  const due = await dueFolder(db, dialect, now);
  if (due === undefined) return null;
  const row = await db
    .updateTable('feed_folders')
    .set({ lease_owner: owner, lease_until: Math.ceil(now + leaseMs) })
    .where('id', '=', due.id)
    .returningAll()
    .executeTakeFirst();
  return row === undefined ? null : folderOf(row);
}

function dueFolder(db: Kysely<Tables>, dialect: SqlDialect, now: Instant) {
  return db
    .selectFrom('feed_folders')
    .select('id')
    .where('due_at', '<=', now)
    .where((each) => each.or([each('lease_until', 'is', null), each('lease_until', '<=', now)]))
    .orderBy('due_at')
    .orderBy('id')
    .limit(1)
    .$if(dialect.rowLocks, (query) => query.forUpdate().skipLocked())
    .executeTakeFirst();
}

/** `FeedStore.renewFolder` inside its transaction. */
export async function renewFolder(
  { db }: Session,
  claimed: WatchedFolder,
  owner: string,
  { now, leaseMs, scannedAt }: Parameters<FeedStore['renewFolder']>[2],
): Promise<'held' | 'woken' | 'lost'> {
  const row = await db
    .updateTable('feed_folders')
    .set({ lease_until: Math.ceil(now + leaseMs), ...(scannedAt !== null && { scanned_at: Math.ceil(scannedAt) }) })
    .where('id', '=', claimed.id)
    .where('lease_owner', '=', owner)
    .returning('due_at')
    .executeTakeFirst();
  if (row === undefined) return 'lost';
  return row.due_at === claimed.dueAt ? 'held' : 'woken';
}

/** `FeedStore.finishFolder`. */
export async function finishFolder(
  db: Kysely<Tables>,
  claimed: WatchedFolder,
  owner: string,
  { scannedAt, dueAt, failures }: ScanEnd,
): Promise<boolean> {
  const next = dueAt === null ? null : Math.ceil(dueAt);
  const result = await db
    .updateTable('feed_folders')
    .set((row) => ({
      lease_owner: null,
      lease_until: null,
      failures,
      due_at: row.case().when('due_at', '=', claimed.dueAt).then(next).else(row.ref('due_at')).end(),
      ...(scannedAt !== null && { scanned_at: Math.ceil(scannedAt) }),
    }))
    .where('id', '=', claimed.id)
    .where('lease_owner', '=', owner)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** `FeedStore.wakeFolder`. */
export async function wakeFolder(db: Kysely<Tables>, id: string, now: Instant): Promise<void> {
  await db
    .updateTable('feed_folders')
    .set({ due_at: Math.ceil(now) })
    .where('id', '=', id)
    .execute();
}

/** `FeedStore.folder`. */
export async function findFolder(db: Kysely<Tables>, id: string): Promise<WatchedFolder | null> {
  const row = await db.selectFrom('feed_folders').selectAll().where('id', '=', id).executeTakeFirst();
  return row === undefined ? null : folderOf(row);
}

/** `FeedStore.folderDocuments`. */
export async function folderDocuments(
  db: Kysely<Tables>,
  id: string,
  after: string | null,
  limit: number,
): Promise<readonly FolderDocument[]> {
  return db
    .selectFrom('feed_files')
    .select(['object_key as key', 'document'])
    .where('folder_id', '=', id)
    .$if(after !== null, (query) => query.where('object_key', '>', after ?? ''))
    .orderBy('object_key')
    .limit(limit)
    .execute();
}

/** `FeedStore.changeFolderDocuments` inside its transaction. */
export async function changeFolderDocuments(
  { db }: Session,
  id: string,
  put: readonly FolderDocument[],
  removed: readonly string[],
): Promise<void> {
  for (let at = 0; at < removed.length; at += batchSize)
    await db
      .deleteFrom('feed_files')
      .where('folder_id', '=', id)
      .where('object_key', 'in', removed.slice(at, at + batchSize))
      .execute();
  for (let at = 0; at < put.length; at += batchSize)
    await db
      .insertInto('feed_files')
      .values(put.slice(at, at + batchSize).map(({ key, document }) => ({ folder_id: id, object_key: key, document })))
      .onConflict((conflict) =>
        conflict
          .columns(['folder_id', 'object_key'])
          .doUpdateSet((set) => ({ document: set.ref('excluded.document') })),
      )
      .execute();
}

/** `FeedStore.watchersOf`. */
export async function watchersOf(db: Kysely<Tables>, id: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('migrations')
    .select('id')
    .where('feed_folder', '=', id)
    .where('feed_watches', '=', 1)
    .orderBy('id')
    .execute();
  return rows.map((row) => row.id);
}

/** `FeedStore.forgetFolders`. The documents of a folder are deleted with it. */
export async function forgetFolders({ db }: Session): Promise<void> {
  await db
    .deleteFrom('feed_folders')
    // A migration that is being created makes its folder due, but this statement may not see the migration yet.
    .where('due_at', 'is', null)
    .where(({ not, exists, selectFrom, ref }) =>
      not(exists(selectFrom('migrations').select('migrations.id').where('feed_folder', '=', ref('feed_folders.id')))),
    )
    .execute();
}

function folderOf(row: FeedFoldersTable): WatchedFolder {
  const { id, account, region, bucket, prefix, failures, scanned_at, due_at } = row;
  return { id, account, region, bucket, prefix, failures, scannedAt: scanned_at, dueAt: due_at };
}
