import { type NamedFile, type Reached, reachedBy } from '../../backups/chain.ts';
import { type FileFault, ownFaults, placeFaults, storageFault } from '../../backups/faults.ts';
import type { BackupFile } from '../../backups/read.ts';
import { withNote } from '../../domain/aggregate.ts';
import type { Backup, Migration, Source, WarningNote } from '../../domain/migration.ts';
import { type FieldFault, Problem, type ProblemCode } from '../../domain/problem.ts';
import type { Account } from '../../domain/vendor.ts';
import type { BackupFiles, HeaderRead } from '../backup-files.ts';
import type { EngineContext } from '../context.ts';
import { summary } from './problems.ts';

/** Maximum duration of a check, in milliseconds. */
const maxMs = 2000;
/** Maximum number of checked files per backup. Only Huawei accepts more than one file. */
const maxFiles = 16;

/** What was read of the files of a backup that is to be queued. */
export interface SeenFiles {
  /** In the order of the source's keys. */
  readonly headerReads: readonly HeaderRead[];
  readonly targetMajor: number | undefined;
  /** Why nothing was read; null: something was, or no check is wanted. */
  readonly unseen: string | null;
}

/** The result of a check. Faults prevent the backup, warnings do not. */
export interface CheckedFiles {
  readonly faults: readonly (FieldFault & { readonly code: ProblemCode })[];
  readonly warnings: readonly WarningNote[];
  readonly header: Pick<Backup, 'header' | 'bindingId'>;
}

const nothingSeen: SeenFiles = { headerReads: [], targetMajor: undefined, unseen: null };

/** Reads the headers of a source's files, for at most two seconds. Failures of the object store become results. */
export async function readSource(
  context: EngineContext,
  files: BackupFiles,
  account: Account,
  migration: Migration,
  source: Source,
): Promise<SeenFiles> {
  if (account.checkBackups === 'off' || source.type !== 'object_storage' || !files.hasStore(account))
    return nothingSeen;
  const pause = files.paused(account);
  if (pause !== null) return { ...nothingSeen, unseen: pause };
  const place = { account, region: migration.region, bucket: source.bucket };
  const done = new AbortController();
  const late = context.runtime
    .sleep(maxMs, done.signal)
    .then((): SeenFiles => ({ ...nothingSeen, unseen: 'The object store did not answer within two seconds.' }));
  const options = { maxWaitMs: maxMs };
  const looking = async (): Promise<SeenFiles> => {
    const headerReads = await Promise.all(
      source.keys.slice(0, maxFiles).map((key) => files.readHeader(place, key, undefined, options)),
    );
    const versioned = headerReads.some(
      (headerRead) => headerRead.outcome === 'read' && headerRead.file.header.serverVersion !== null,
    );
    return {
      headerReads,
      targetMajor: versioned ? await files.targetMajor(account, migration, options) : undefined,
      unseen: null,
    };
  };
  try {
    return await Promise.race([looking(), late]);
  } finally {
    done.abort();
  }
}

/** Judges the files of a source. Pure. `before`: the earlier backups of the chain; null: this is the full backup. */
export function judgeFiles(
  seen: SeenFiles,
  account: Account,
  restorable: (storageClass: string) => boolean,
  migration: Migration,
  backup: Pick<Backup, 'type' | 'source'>,
  before: readonly Backup[] | null,
): CheckedFiles {
  const { source } = backup;
  const unchecked: string[] = seen.unseen === null ? [] : [seen.unseen];
  const warnings: WarningNote[] = [];
  const faults: (FieldFault & { readonly code: ProblemCode })[] = [];
  const keys = source.type === 'object_storage' ? source.keys : [];
  const names = keys.length > 1 ? [] : (migration.target.databases ?? []).map(({ name }) => name);
  const place = {
    type: backup.type,
    databases: names,
    ...(seen.targetMajor !== undefined && { targetMajor: seen.targetMajor }),
    ...chainBefore(before ?? []),
  };
  for (const [index, headerRead] of seen.headerReads.entries()) {
    const pointer = `/source/keys/${index}`;
    const found = faultsOf(headerRead, restorable, (file) => placeFaults(file, place));
    for (const { code, detail, certain } of found)
      if (certain) faults.push({ code, pointer, detail });
      else warnings.push({ code: 'backup_doubtful', detail: `\`${keys[index]}\`: ${detail}` });
    const reason = uncheckedReason(headerRead);
    if (reason !== null) unchecked.push(`\`${keys[index]}\`: ${reason}`);
  }
  if (unchecked.length > 0 && account.checkBackups === 'required')
    faults.push(
      ...unchecked.map((detail) => ({ code: 'backup_not_checked', pointer: '/source/keys', detail }) as const),
    );
  else if (unchecked.length > 0) warnings.push({ code: 'backup_not_checked', detail: unchecked.join(' ') });
  const [only] = keys.length === 1 ? seen.headerReads : [];
  const file = only?.outcome === 'read' && only.file.kind === 'backup' ? only.file : null;
  return { faults, warnings, header: file ? { header: file.header, bindingId: file.bindingId } : { header: null } };
}

function faultsOf(
  headerRead: HeaderRead,
  restorable: (storageClass: string) => boolean,
  inPlace: (file: BackupFile) => readonly FileFault[],
): readonly FileFault[] {
  switch (headerRead.outcome) {
    case 'read': {
      const stored = storageFault(headerRead.object.storageClass, restorable);
      const own = ownFaults(headerRead.file);
      // If the file itself is faulty, its place does not matter.
      return [...(stored ? [stored] : []), ...own, ...(own.length === 0 ? inPlace(headerRead.file) : [])];
    }
    case 'missing':
    case 'archived':
      return [{ code: 'source_missing_or_archived', detail: headerRead.detail, certain: true }];
    case 'unreadable':
      return [];
  }
}

/** Why a file could not be checked completely, or null. */
function uncheckedReason(headerRead: HeaderRead): string | null {
  if (headerRead.outcome === 'unreadable') return headerRead.detail;
  if (headerRead.outcome !== 'read') return null;
  if (headerRead.file.kind === 'sealed')
    return 'The header cannot be read: the backup is encrypted, or packed in an unknown form.';
  const ordered =
    headerRead.file.kind === 'backup' && headerRead.file.whole !== false && headerRead.file.header.type !== null;
  return ordered && headerRead.file.header.lastLsn === null
    ? 'The end of its header was not found, so its position in the chain is unchecked.'
    : null;
}

/** The position that the chain has reached, and the binding id of its database. Empty if a backup was not checked. */
function chainBefore(before: readonly Backup[]): { readonly reached?: Reached; readonly bindingId?: string } {
  const counted = before.filter(
    ({ state, supersededBy }) => state !== 'failed' && state !== 'skipped' && supersededBy === undefined,
  );
  const files = counted.flatMap((backup) => namedFile(backup) ?? []);
  if (files.length < counted.length || files.length === 0) return {};
  const reached = reachedBy(files);
  const bindingId = files[0]?.file.bindingId ?? undefined;
  return { ...(reached && { reached }), ...(bindingId !== undefined && { bindingId }) };
}

/** A stored backup as the rules of chains need it; null: its file was not checked. */
export function namedFile({ id, source, header, bindingId = null }: Backup): NamedFile | null {
  if (header === undefined || header === null) return null;
  const key = source.type === 'object_storage' ? (source.keys[0] ?? id) : id;
  const file: BackupFile = {
    kind: 'backup',
    header,
    whole: true,
    needsLongTail: false,
    kindLetter: null,
    bindingId,
    recoveryFork: null,
  };
  return { key, file };
}

/** Throws the problem of the first fault, with all faults in `errors`. Returns if there are none. */
export function refuseFaults({ faults }: CheckedFiles): void {
  const [first] = faults;
  if (first === undefined) return;
  const errors = faults.map(({ pointer, detail }) => ({ ...(pointer !== undefined && { pointer }), detail }));
  throw new Problem(first.code, summary(errors), { errors });
}

/** The migration with the header of its full backup and with the warnings of the check. */
export function withChecked(migration: Migration, { header, warnings }: CheckedFiles): Migration {
  const [full, ...others] = migration.backups;
  if (full === undefined) return migration;
  const told = warnings.reduce(withNote, migration.warnings);
  return { ...migration, backups: [{ ...full, ...header }, ...others], warnings: told };
}
