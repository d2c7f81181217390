import type { Gap, NamedFile } from '../../backups/chain.ts';
import { ownFaults, storageFault } from '../../backups/faults.ts';
import { type FeedItem, isUnresolved, takesFiles } from '../../domain/feed.ts';
import { failedBackup } from '../../domain/lifecycle.ts';
import type { Backup, Migration } from '../../domain/migration.ts';
import type { BackupType, FeedVerdict } from '../../domain/vocabulary.ts';
import { type Naming, nameFaults, wellNamedChain } from './folder-chain.ts';
import type { FolderFile } from './folder-file.ts';

/** A file to take as a backup now. */
export interface Taking {
  readonly key: string;
  readonly folderFile: FolderFile;
  readonly type: BackupType;
  readonly final: boolean;
}

/** What a folder's files mean for one migration. */
export interface FeedPlan {
  readonly items: readonly FeedItem[];
  readonly take: readonly Taking[];
  readonly gap: Gap | null;
  /** Keys of the chain in the order of their restore, without those already taken. */
  readonly coming: readonly string[];
  /** Keys of taken files that have changed since. */
  readonly changed: readonly string[];
  /** When the newest backup of the chain was finished, in local time of the source server; null: unknown. */
  readonly newestFinishedAt: string | null;
  /** Whether a header is not read yet. It may be that of a better full backup. */
  readonly reading: boolean;
  /** Id of the backup whose file ends the chain; null: that file is not taken or not named. */
  readonly lastTaken: string | null;
}

/** The inputs of a plan besides the migration and its files. */
export interface PlanContext extends Naming {
  /** Time of the last listing. Later changes of files are unknown. */
  readonly now: number;
  /** Milliseconds for which a file must be unchanged before it is taken. */
  readonly scanMs: number;
}

/** Maximum number of queued backups. The next scan takes the files after them. */
const maxQueued = 8;

/** Determines the files to take from a folder, and a verdict with a reason for every file. Pure. Throws an `Error` without a feed. */
export function planFeed(migration: Migration, files: ReadonlyMap<string, FolderFile>, context: PlanContext): FeedPlan {
  const { feed } = migration;
  if (feed === undefined) throw new Error(`${migration.id} watches no folder`);
  const verdicts = new Map<string, readonly [verdict: FeedVerdict, reason: string | null, backupId: string | null]>();
  const say = (key: string, verdict: FeedVerdict, reason: string | null, backupId: string | null = null) =>
    verdicts.set(key, [verdict, reason, backupId]);
  const owners = ownersOf(migration.backups, feed.bucket);
  const changed: string[] = [];
  const eligible: NamedFile[] = [];
  let reading = false;

  for (const [key, each] of files) {
    const owner = owners.get(key);
    if (owner !== undefined) {
      say(key, 'taken', null, owner.id);
      if (owner.etag != null && each.object.etag !== null && owner.etag !== each.object.etag) changed.push(key);
      continue;
    }
    if (feed.skipped?.includes(key)) {
      say(key, 'refused', 'A caller removed it from the chain.');
      continue;
    }
    const [verdict, reason] = judged(migration, each, context);
    say(key, verdict, reason);
    if (verdict === 'waiting' && mayBecomeBetter(each, context)) reading = true;
    if (verdict === 'waiting' && each.file?.kind === 'backup' && each.file.whole !== false)
      eligible.push({ key, file: each.file });
  }

  const last = lastFileOf(feed.lastFile, [...files.keys()]);
  const { chain, misnamed } = wellNamedChain(migration, eligible, context, last);
  for (const [key, fault] of misnamed) say(key, 'refused', fault);
  for (const { key, reason } of chain.needless) say(key, 'needless', reason);
  const beyond = new Set(chain.coming);
  for (const { key } of eligible)
    if (!beyond.has(key) && verdicts.get(key)?.[0] === 'waiting') say(key, 'needless', chain.other);

  const lastTaken = last === null ? null : (owners.get(last)?.id ?? null);
  const [full] = migration.backups;
  const resolved = full !== undefined && !isUnresolved(full);
  const queued = migration.backups.filter(
    ({ state, source }) => state === 'queued' && source.type === 'object_storage' && source.keys.length > 0,
  ).length;
  const open = takesFiles(migration) && failedBackup(migration) === undefined && (lastTaken === null || !resolved);
  const take: Taking[] = [];
  let ended: string | null = null;
  // While headers are unread, one of them may be a newer full backup.
  const ready = reading && !resolved ? [] : endedBy(chain.ready, chain.harmless, last);
  for (const key of ready) {
    const folderFile = files.get(key);
    const type = folderFile?.file?.header.type ?? null;
    if (folderFile === undefined || type === null) break;
    if (!isSettled(folderFile, context)) break;
    const name = nameFaults(migration, context, key, type, key === last);
    if (name.fault !== null) {
      say(key, 'refused', name.fault);
      break;
    }
    if (!open || queued + take.length >= maxQueued) break;
    take.push({ key, folderFile, type, final: type === 'full' ? migration.mode === 'full' : name.final });
    if (name.final) {
      ended = key;
      break;
    }
  }
  if (ended !== null || (lastTaken !== null && resolved))
    for (const key of chain.coming)
      if (!take.some((each) => each.key === key) && verdicts.get(key)?.[0] === 'waiting')
        say(key, 'needless', `The chain ends with \`${ended ?? last}\`.`);
  return {
    items: [...files.values()].map((each) => itemOf(each, verdicts.get(each.object.key))),
    take,
    gap: ended === null && chain.gap !== null ? chain.gap : null,
    coming: chain.coming,
    changed,
    newestFinishedAt: newestOf(migration, files, chain.coming),
    reading,
    lastTaken,
  };
}

/** The backups by the keys of their files. */
function ownersOf(backups: readonly Backup[], bucket: string): ReadonlyMap<string, Backup> {
  const owners = new Map<string, Backup>();
  for (const backup of backups)
    if (backup.source.type === 'object_storage' && backup.source.bucket === bucket)
      for (const key of backup.source.keys) owners.set(key, backup);
  return owners;
}

/** The verdict on a single file without regard to the chain. `waiting`: it may belong to the chain. */
function judged(
  migration: Migration,
  each: FolderFile,
  context: PlanContext,
): readonly [verdict: FeedVerdict, reason: string] {
  const { object, file, unread } = each;
  const stored = storageFault(object.storageClass, context.provider.objectStore.restorable);
  if (stored !== null) return ['refused', stored.detail];
  if (object.size === 0) return ['waiting', 'The file is still empty.'];
  if (unread !== null) return ['waiting', `The file cannot be read: ${unread}`];
  if (file === null) return ['waiting', 'Its header has not been read yet.'];
  if (file.kind === 'sealed')
    return ['refused', 'The header cannot be read: the backup is encrypted, or packed in an unknown form.'];
  if (file.whole === false) return ['waiting', 'The end of the backup is still missing.'];
  const [fault] = ownFaults(file);
  if (fault !== undefined) return ['refused', fault.detail];
  const names = (migration.target.databases ?? []).map(({ name }) => name.toLowerCase());
  const { database } = file.header;
  if (database !== null && names.length > 0 && !names.includes(database.toLowerCase()))
    return ['needless', `It is a backup of the database \`${database}\`.`];
  if (file.header.lastLsn === null)
    return ['refused', 'The end of its header was not found, so its position in the chain is unknown.'];
  if (!isSettled(each, context)) return ['waiting', 'Two listings must show it unchanged.'];
  return ['waiting', 'It waits for its turn.'];
}

/** Whether it may turn out to be a better full backup: its header is unread, or its upload may still go on. */
function mayBecomeBetter(each: FolderFile, context: PlanContext): boolean {
  const { object, file, unread } = each;
  if (object.size === 0 || unread !== null) return false;
  return file === null || (file.whole === false && !isSettled(each, context));
}

function isSettled({ seenAt }: FolderFile, { now, scanMs }: PlanContext): boolean {
  return now - seenAt >= scanMs;
}

/** The key of the file that ends the chain, named by its key or by the last part of it; null: none is named or present. */
function lastFileOf(named: string | null, keys: readonly string[]): string | null {
  if (named === null) return null;
  return keys.find((key) => key === named) ?? keys.find((key) => key.slice(key.lastIndexOf('/') + 1) === named) ?? null;
}

/** The files up to the last one. The last one may be a log without new records, from a period without writes. */
function endedBy(ready: readonly string[], harmless: readonly string[], last: string | null): readonly string[] {
  if (last === null) return ready;
  const at = ready.indexOf(last);
  if (at !== -1) return ready.slice(0, at + 1);
  return ready.length === 0 && harmless.includes(last) ? [last] : ready;
}

function newestOf(
  migration: Migration,
  files: ReadonlyMap<string, FolderFile>,
  coming: readonly string[],
): string | null {
  const times = [
    ...coming.map((key) => files.get(key)?.file?.header.finishedAt ?? null),
    ...migration.backups
      .filter(({ state }) => state !== 'failed' && state !== 'skipped')
      .map(({ header }) => header?.finishedAt ?? null),
  ].filter((each) => each !== null);
  return times.toSorted().at(-1) ?? null;
}

function itemOf(
  { object, file }: FolderFile,
  verdict: readonly [verdict: FeedVerdict, reason: string | null, backupId: string | null] | undefined,
): FeedItem {
  const [word, reason, backupId] = verdict ?? ['waiting', null, null];
  const { key, size, lastModified } = object;
  return { key, size, lastModified, verdict: word, reason, backupId, header: file?.header ?? null };
}
