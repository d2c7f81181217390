import { fateOf } from '../object-store/objects.ts';
import { Refusal } from './answer.ts';
import {
  type BackupFile,
  databaseOf,
  holdsDatabase,
  type MagicWord,
  magicWords,
  readBackupFile,
  readChainName,
} from './backup-file.ts';
import { type Call, incrementsOf } from './call.ts';
import { instanceOf } from './instance.ts';
import { status, statusOfFull } from './lifecycle.ts';
import type { FullImport, Increment, Run } from './state.ts';

const failures: readonly (readonly [MagicWord, string])[] = [
  ['corrupt', 'The backup file is damaged: its media family is incorrectly formed.'],
  ['denied', 'The backup file could not be downloaded: access denied (403).'],
  ['newer-version', 'The backup was written by a newer version of SQL Server than that of the instance.'],
  ['striped', 'Msg 3132: The media set has 4 media families but only 1 are provided. All members must be provided.'],
  ['encrypted', "Msg 33111: Cannot find server certificate with thumbprint '0x8F2A51C3'."],
  ['no-space', 'The free space of the instance does not suffice for the backup.'],
];

const incrementFailures: readonly (readonly [MagicWord, string])[] = [
  ...failures,
  ['gap', 'The log chain is broken: this backup begins after the last one that was restored.'],
  ['too-early', 'The log in this backup set terminates at a LSN that is too early to apply to the database.'],
  [
    'wrong-base',
    'This differential backup cannot be restored because the database has not been restored to the correct earlier state.',
  ],
  ['dead-chain', 'The restore failed and the databases of this chain were dropped.'],
];

/** Fraction of its normal duration after which a failing restore fails. */
const failingShare = 0.4;
const slowFactor = 10;
/** A time in the far future, because JSON has no infinity. */
const never = 8.64e15;

/** The single file of a task that is about to start. Throws `Refusal` (BackupNameIsIllegal, BackupNotFound). */
export function fileToRestore(call: Call, full: FullImport, files: readonly string[]): BackupFile {
  const [entry] = files;
  if (entry === undefined) {
    throw new Refusal('InvalidParameterValue.BackupNameIsIllegal', 'The task has no backup file yet.');
  }
  const file = withFate(call, full, entry, files !== full.files);
  if (file.magic.has('missing') || file.encodedSlash) {
    throw new Refusal('ResourceNotFound.BackupNotFound', 'The backup file was not found.');
  }
  return file;
}

/** The file with the magic words for the fate that the object store determines. `wrong-kind` is unknown at this cloud and becomes `corrupt`. */
function withFate(call: Call, full: FullImport, entry: string, isIncrement: boolean): BackupFile {
  const file = readBackupFile(full.uploadType, entry);
  const place = placeOf(full, entry);
  if (place === null) return file;
  const earlier = incrementsOf(call, full.id).filter((each) => each.run !== null && each.run.failure === null);
  const before = isIncrement ? [full, ...earlier].flatMap((each) => each.files) : [];
  const keys = before.flatMap((each) => placeOf(full, each)?.key ?? []);
  const words = fateOf(call.environment.objects, place.bucket, place.key, keys, call.now);
  const known = words.map((word) => (word === 'wrong-kind' ? 'corrupt' : word));
  return { ...file, magic: new Set([...file.magic, ...magicWords.filter((word) => known.includes(word))]) };
}

/** Bucket and key of a file with a URL; null for an uploaded file. */
function placeOf({ uploadType }: FullImport, entry: string): { readonly bucket: string; readonly key: string } | null {
  if (uploadType !== 'COS_URL' || !URL.canParse(entry)) return null;
  const { hostname, pathname } = new URL(entry);
  return { bucket: hostname.split('.')[0] ?? '', key: decodeURIComponent(pathname.slice(1)) };
}

/** Starts the restore of a full backup and sets the databases of the import. Returns the flow id. */
export function beginFull(call: Call, full: FullImport, file: BackupFile): number {
  const databases = restoredNames(full, file);
  const failure =
    failureIn(failures, file) ??
    regionFailure(call, file) ??
    renameFailure(full, file) ??
    nameFailure(call, full, databases);
  full.databases = databases;
  full.run = newRun(call, file, failure, false);
  return full.run.flowId;
}

/** Starts the restore of an increment. Returns the flow id. */
export function beginIncrement(call: Call, full: FullImport, increment: Increment, file: BackupFile): number {
  const failure =
    failureIn(incrementFailures, file) ?? regionFailure(call, file) ?? orderFailure(call, full, increment, file);
  increment.run = newRun(call, file, failure, file.magic.has('dead-chain'));
  return increment.run.flowId;
}

/** The databases that imports have created or are creating on an instance. A failed import leaves none. */
export function databasesOn(
  call: Call,
  instanceId: string,
): readonly { readonly name: string; readonly since: number; readonly online: boolean }[] {
  return call.state.fulls
    .filter((full) => full.region === call.region && full.instanceId === instanceId)
    .flatMap((full) => {
      const reached = statusOfFull(full, incrementsOf(call, full.id), call.now);
      if (full.run === null || reached === status.failed) return [];
      const since = full.run.startedAt;
      return full.databases.map((name) => ({ name, since, online: reached === status.succeeded }));
    });
}

function newRun(call: Call, file: BackupFile, failure: string | null, endsChain: boolean): Run {
  const nominalMs = call.environment.restoreMs * (file.magic.has('slow') ? slowFactor : 1);
  const endsAt = file.magic.has('stuck')
    ? never
    : call.now + Math.ceil(nominalMs * (failure === null ? 1 : failingShare));
  return {
    flowId: call.state.nextFlowId++,
    startedAt: call.now,
    endsAt,
    ...(file.magic.has('no-action') && { lockedUntil: endsAt + nominalMs }),
    nominalMs,
    failure,
    endsChain,
    odd: file.magic.has('odd-status'),
    unknown: file.magic.has('unknown-status'),
  };
}

function restoredNames(full: FullImport, file: BackupFile): readonly string[] {
  const renames = full.renames ?? [];
  if (renames.length === 0) return [databaseOf(file.name)];
  return renames.map((rename) => rename.NewName || rename.OldName || databaseOf(file.name));
}

function failureIn(table: readonly (readonly [MagicWord, string])[], file: BackupFile): string | null {
  return table.find(([word]) => file.magic.has(word))?.[1] ?? null;
}

function regionFailure(call: Call, file: BackupFile): string | null {
  if (file.region === null || file.region === call.region) return null;
  return `The bucket lies in ${file.region}, the instance in ${call.region}; imports across regions are not supported.`;
}

function renameFailure(full: FullImport, file: BackupFile): string | null {
  const unknown = full.renames?.find((rename) => rename.OldName && !holdsDatabase(file.name, rename.OldName));
  return unknown === undefined ? null : `The backup does not hold the database ${unknown.OldName}.`;
}

function nameFailure(call: Call, full: FullImport, databases: readonly string[]): string | null {
  if (instanceOf(full.instanceId).scratch) return null;
  const taken = new Set(databasesOn(call, full.instanceId).map(({ name }) => name.toLowerCase()));
  const present = databases.find((name) => taken.has(name.toLowerCase()));
  return present === undefined ? null : `A database named ${present} exists on the instance already.`;
}

function orderFailure(call: Call, full: FullImport, increment: Increment, file: BackupFile): string | null {
  const time = readChainName(file.name)?.time ?? '';
  const restored = incrementsOf(call, full.id).filter((each) => each !== increment && each.run?.failure === null);
  const latest = restored
    .flatMap((each) => each.files)
    .concat(full.files)
    .map((entry) => readChainName(readBackupFile(full.uploadType, entry).name)?.time ?? '')
    .sort()
    .at(-1);
  return time >= (latest ?? '') ? null : 'The backup is older than the last one that was restored.';
}
