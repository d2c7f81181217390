import { type ChainRules, chainsOf, continuationOf, type Gap, type NamedFile, reachedBy } from '../../backups/chain.ts';
import { ownFaults, storageFault } from '../../backups/faults.ts';
import type { FeedItem } from '../../domain/feed.ts';
import { awaitsFullBackup, isUnresolved, takesFiles } from '../../domain/feed.ts';
import { failedBackup } from '../../domain/lifecycle.ts';
import type { Backup, Migration, Source } from '../../domain/migration.ts';
import type { Provider } from '../../domain/provider.ts';
import type { Account } from '../../domain/vendor.ts';
import type { BackupType, FeedVerdict } from '../../domain/vocabulary.ts';
import { namedFile } from '../service/backup-checks.ts';
import { type FolderFile, wantsReading } from './folder-file.ts';

/** A file that becomes a backup now. */
export interface Taking {
  readonly key: string;
  readonly folderFile: FolderFile;
  readonly type: BackupType;
  readonly final: boolean;
}

/** What a folder means for one migration. */
export interface FeedPlan {
  readonly items: readonly FeedItem[];
  readonly take: readonly Taking[];
  readonly gap: Gap | null;
  /** Keys of the chain in the order of their restore, without those that were taken. */
  readonly coming: readonly string[];
  /** Taken files that have changed since. */
  readonly changed: readonly string[];
  /** When the newest file of the chain was finished, by the source's clock. */
  readonly newestFinishedAt: string | null;
  /** Whether a file is still to be read, so that a better full backup may be among them. */
  readonly reading: boolean;
  /** Whether the file that ends the chain is taken already, by the id of its backup. */
  readonly lastTaken: string | null;
}

export interface PlanContext {
  readonly provider: Provider;
  readonly account: Account;
  /** The time of the last listing: since then nobody knows whether a file still looks the same. */
  readonly now: number;
  /** How long a file has to look the same before it is taken. */
  readonly scanMs: number;
}

/** Maximum number of queued backups; the next scan finds the files after them again. */
const maxQueued = 8;

/** The files to take from a folder, and a verdict with a reason for every file. Pure. */
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
      say(key, 'refused', 'A caller took it out of the chain.');
      continue;
    }
    const [verdict, reason] = judged(migration, each, context);
    say(key, verdict, reason);
    if (verdict === 'waiting' && wantsReading(each) && each.unread === null) reading = true;
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
  // Whether another full backup is newer is known when every header has been read.
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

/** Backups by the key of their file. */
function ownersOf(backups: readonly Backup[], bucket: string): ReadonlyMap<string, Backup> {
  const owners = new Map<string, Backup>();
  for (const backup of backups)
    if (backup.source.type === 'object_storage' && backup.source.bucket === bucket)
      for (const key of backup.source.keys) owners.set(key, backup);
  return owners;
}

/** The verdict on a file by itself; `waiting`: it may have a place in the chain. */
function judged(
  migration: Migration,
  each: FolderFile,
  context: PlanContext,
): readonly [verdict: FeedVerdict, reason: string] {
  const { object, file, unread } = each;
  const stored = storageFault(object.storageClass, context.provider.objectStore.restorable);
  if (stored !== null) return ['refused', stored.detail];
  if (object.size === 0) return ['waiting', 'The file is empty so far.'];
  if (unread !== null) return ['waiting', `The file cannot be read: ${unread}`];
  if (file === null) return ['waiting', 'Its header has not been read yet.'];
  if (file.kind === 'sealed')
    return ['refused', 'The header cannot be read: the backup is encrypted, or packed in a form that is not known.'];
  if (file.whole === false) return ['waiting', 'The end of the backup is not there yet.'];
  const [fault] = ownFaults(file);
  if (fault !== undefined) return ['refused', fault.detail];
  const names = (migration.target.databases ?? []).map(({ name }) => name.toLowerCase());
  const { database } = file.header;
  if (database !== null && names.length > 0 && !names.includes(database.toLowerCase()))
    return ['needless', `It is a backup of the database \`${database}\`.`];
  if (file.header.lastLsn === null)
    return ['refused', 'The end of its header was not found, so its place in the chain is not known.'];
  if (!isSettled(each, context)) return ['waiting', 'It has to look the same in two listings.'];
  return ['waiting', 'Its turn comes.'];
}

function isSettled({ seenAt }: FolderFile, { now, scanMs }: PlanContext): boolean {
  return now - seenAt >= scanMs;
}

interface ChainView {
  /** Up to the first gap. */
  readonly ready: readonly string[];
  readonly coming: readonly string[];
  /** Needless files that could be restored all the same, without effect. */
  readonly harmless: readonly string[];
  readonly needless: readonly { readonly key: string; readonly reason: string }[];
  readonly gap: Gap | null;
  /** Why the others have no place. */
  readonly other: string;
}

const nothing: ChainView = {
  ready: [],
  coming: [],
  harmless: [],
  needless: [],
  gap: null,
  other: 'It has no place in the chain.',
};

function chainOf(migration: Migration, eligible: readonly NamedFile[], rules: ChainRules): ChainView {
  if (awaitsFullBackup(migration)) return firstChain(migration, eligible, rules);
  const before = migration.backups.filter(
    ({ state, supersededBy }) => state !== 'failed' && state !== 'skipped' && supersededBy === undefined,
  );
  const taken = before.flatMap((backup) => namedFile(backup) ?? []);
  const reached = taken.length === before.length ? reachedBy(taken) : undefined;
  if (reached === undefined)
    return { ...nothing, other: 'A backup of the chain was not looked at, so what follows it is not known.' };
  const database = taken[0]?.file.header.database?.toLowerCase();
  const binding = taken[0]?.file.bindingId ?? null;
  const own = eligible.filter(
    ({ file }) =>
      file.header.database?.toLowerCase() === database &&
      (binding === null || file.bindingId === null || file.bindingId === binding),
  );
  const { ready, restores, needless, gaps } = continuationOf(reached, own, rules);
  const at = own.filter(({ file }) => file.header.lastLsn === reached.lastLsn.toString() && file.header.type === 'log');
  return {
    ready,
    coming: restores,
    harmless: at.map(({ key }) => key),
    needless,
    gap: gaps[0] ?? null,
    other: 'It belongs to another database than the chain.',
  };
}

/**
 * The chain of the files whose names the provider takes in their places, and what is wrong with the names of the others that would have been in it.
 * The chain is made without them, as other files may lead as far.
 */
function wellNamedChain(
  migration: Migration,
  eligible: readonly NamedFile[],
  context: PlanContext,
  last: string | null,
): { readonly chain: ChainView; readonly misnamed: ReadonlyMap<string, string> } {
  const rules = rulesOf(migration, context.provider);
  const types = new Map(eligible.map(({ key, file }) => [key, file.header.type]));
  const misnamed = new Map<string, string>();
  const check = (keys: readonly string[], base: Migration): number => {
    const before = misnamed.size;
    for (const key of keys) {
      const type = types.get(key) ?? null;
      const { fault } = type === null ? { fault: null } : nameFaults(base, context, key, type, key === last);
      if (fault !== null) misnamed.set(key, fault);
    }
    return misnamed.size - before;
  };
  if (awaitsFullBackup(migration))
    check(
      eligible.flatMap(({ key }) => (types.get(key) === 'full' ? key : [])),
      migration,
    );
  for (;;) {
    const usable = eligible.filter(({ key }) => !misnamed.has(key));
    const chain = chainOf(migration, usable, rules);
    const [first] = chain.coming;
    const base = first !== undefined && awaitsFullBackup(migration) ? startingWith(migration, first) : migration;
    if (check(chain.coming, base) === 0) return { chain, misnamed };
  }
}

function firstChain(migration: Migration, eligible: readonly NamedFile[], rules: ChainRules): ChainView {
  const chains = chainsOf(eligible, rules).filter((chain) => chain.gaps[0]?.after !== null || chain.gaps.length === 0);
  const names = new Set(chains.map(({ database }) => database.toLowerCase()));
  if (names.size > 1 && (migration.target.databases ?? []).length === 0)
    return { ...nothing, other: 'The folder holds full backups of several databases: name one in `target.databases`.' };
  const [best] = chains
    .filter(({ gaps }) => gaps[0]?.after !== null)
    .toSorted((a, b) => lastOf(b.restores, eligible) - lastOf(a.restores, eligible));
  if (best === undefined) return { ...nothing, other: 'The full backup before it is missing.' };
  const [gap = null] = best.gaps;
  const ready = gap === null ? best.restores : best.restores.slice(0, best.restores.indexOf(gap.before));
  const coming = migration.mode === 'full' ? best.restores.slice(0, 1) : best.restores;
  return {
    ...nothing,
    ready: ready.slice(0, migration.mode === 'full' ? 1 : undefined),
    coming,
    needless: best.needless,
    gap: migration.mode === 'full' ? null : gap,
    other: 'It belongs to another database than the chain.',
  };
}

function lastOf(restores: readonly string[], files: readonly NamedFile[]): number {
  const last = files.find(({ key }) => key === restores.at(-1))?.file.header.finishedAt;
  return last == null ? 0 : Date.parse(`${last}Z`);
}

/** What may follow the full backup in a mode. */
function rulesOf({ mode, backups }: Migration, { capabilities }: Provider): ChainRules {
  // Where a differential may come before the logs, it is one.
  const one = capabilities.differentialBeforeLogs && !backups.some(({ type }) => type === 'differential');
  return { differential: mode === 'full_differential' || (mode === 'full_log' && one), logs: mode === 'full_log' };
}

/** The file that ends the chain: a whole key, or the last part of one. */
function lastFileOf(named: string | null, keys: readonly string[]): string | null {
  if (named === null) return null;
  return keys.find((key) => key === named) ?? keys.find((key) => key.slice(key.lastIndexOf('/') + 1) === named) ?? null;
}

/** The files up to the one that ends the chain. One that adds nothing ends it too: the last backup of a time in which nothing was written. */
function endedBy(ready: readonly string[], harmless: readonly string[], last: string | null): readonly string[] {
  if (last === null) return ready;
  const at = ready.indexOf(last);
  if (at !== -1) return ready.slice(0, at + 1);
  return ready.length === 0 && harmless.includes(last) ? [last] : ready;
}

/** Whether the provider takes a file of this name in this place, and whether its name says that it is the last one. */
function nameFaults(
  migration: Migration,
  { provider, account }: PlanContext,
  key: string,
  type: BackupType,
  wantsFinal: boolean,
): { readonly fault: string | null; readonly final: boolean } {
  if (type === 'full') {
    const [fault] = provider.checkMigration(startingWith(migration, key), account);
    return { fault: fault?.detail ?? null, final: false };
  }
  const source = sourceOf(migration, key);
  const faultAs = (final: boolean) => provider.checkBackup(migration, { type, source, final })[0]?.detail ?? null;
  const fault = faultAs(wantsFinal);
  if (fault === null) return { fault: null, final: wantsFinal };
  // A name can say by itself that its file is the last one.
  return !wantsFinal && faultAs(true) === null ? { fault: null, final: true } : { fault, final: false };
}

/** As it is when the folder's file has become its full backup. */
function startingWith(migration: Migration, key: string): Migration {
  const [full, ...others] = migration.backups;
  if (full === undefined) return migration;
  return { ...migration, backups: [{ ...full, source: sourceOf(migration, key) }, ...others] };
}

/** The source of a backup that is taken from the folder. */
export function sourceOf({ feed }: Migration, key: string): Source {
  const endpoint = feed?.endpoint;
  return {
    type: 'object_storage',
    bucket: feed?.bucket ?? '',
    keys: [key],
    ...(endpoint !== undefined && { endpoint }),
  };
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
