import { type Chain, chainsOf, type NamedFile } from '../../backups/chain.ts';
import { type FileFault, ownFaults, storageFault } from '../../backups/faults.ts';
import type { StoredObject } from '../../domain/object-store.ts';
import { Problem } from '../../domain/problem.ts';
import type { Capabilities } from '../../domain/provider.ts';
import { someAtOnce } from '../../domain/some-at-once.ts';
import type { BackupFiles, HeaderRead } from '../backup-files.ts';
import type { EngineContext } from '../context.ts';
import type { InspectedFile, MigrationService } from '../interface.ts';
import { orProblem } from '../vendor-reads.ts';
import { accountFor } from './access.ts';

/** Maximum number of listed keys, and of files whose headers are read (the newest). */
const maxListed = 10_000;
const maxRead = 1000;
/** Maximum duration of reading headers, in milliseconds. */
const maxMs = 25_000;
/** Maximum number of concurrent reads. */
const atOnce = 8;

/** Creates the operation that inspects backup files. */
export function createInspection(context: EngineContext, files: BackupFiles): Pick<MigrationService, 'inspectBackups'> {
  return {
    async inspectBackups(request, caller) {
      const { bucket, prefix, keys } = request;
      if ((prefix === undefined) === (keys === undefined))
        throw new Problem('invalid_request', 'Give either `prefix` or `keys`.', {
          errors: [{ pointer: '/prefix', detail: 'Give either `prefix` or `keys`.' }],
        });
      const account = accountFor(context, request, caller);
      if (!files.hasStore(account))
        throw new Problem(
          'unsupported_by_provider',
          'The account overrides endpoints but has no `endpoints.storage`.',
          {
            errors: [{ pointer: '/account', detail: 'Set `endpoints.storage` in the account’s configuration.' }],
          },
        );
      const place = { account, region: request.region ?? account.region, bucket };
      const objects = prefix === undefined ? null : await listed(place, prefix);
      const wanted = objects ?? (keys ?? []).map((key) => unlisted(key));
      const headerReads = await readHeaders(place, wanted, objects !== null);
      const { restorable } = context.providers.of(account.provider).objectStore;
      const inspected = wanted.map((object) =>
        inspectedFile(object, headerReads.get(object.key), restorable, request.database),
      );
      const named = [...headerReads].flatMap(([key, headerRead]): NamedFile[] =>
        headerRead.outcome === 'read' && restorableClass(headerRead.object, restorable)
          ? [{ key, file: headerRead.file }]
          : [],
      );
      const { capabilities } = context.providers.of(account.provider);
      const chains = possibleChains(named, capabilities).filter(
        ({ database }) => request.database === undefined || sameName(database, request.database),
      );
      return { files: inspected, chains };
    },
  };

  async function listed(place: Parameters<BackupFiles['list']>[0], prefix: string): Promise<readonly StoredObject[]> {
    const { objects } = await orProblem(files.list(place, prefix, maxListed));
    return objects.filter(({ key }) => !key.endsWith('/'));
  }

  /** Reads the headers of the newest files, by key. Files that the time does not allow are missing in the result. */
  async function readHeaders(
    place: Parameters<BackupFiles['readHeader']>[0],
    objects: readonly StoredObject[],
    known: boolean,
  ): Promise<ReadonlyMap<string, HeaderRead>> {
    const end = context.runtime.monotonic() + maxMs;
    const newest = objects.toSorted((a, b) => (b.lastModified ?? 0) - (a.lastModified ?? 0)).slice(0, maxRead);
    const headerReads = new Map<string, HeaderRead>();
    await someAtOnce(newest, atOnce, async (object) => {
      if (context.runtime.monotonic() > end) return;
      headerReads.set(object.key, await files.readHeader(place, object.key, known ? object : undefined));
    });
    return headerReads;
  }
}

/** The chains that the provider can restore: with logs or, if there are none, with a differential backup. */
function possibleChains(
  files: readonly NamedFile[],
  { modes, differentialBeforeLogs }: Pick<Capabilities, 'modes' | 'differentialBeforeLogs'>,
): readonly Chain[] {
  const withLogs = chainsOf(files, { differential: differentialBeforeLogs, logs: true });
  if (!modes.includes('full_differential')) return withLogs;
  const without = chainsOf(files, { differential: true, logs: false });
  return withLogs.map((chain, index) => (chain.restores.length === 1 ? (without[index] ?? chain) : chain));
}

function unlisted(key: string): StoredObject {
  return { key, size: 0, lastModified: null, etag: null, storageClass: null };
}

function inspectedFile(
  listed: StoredObject,
  headerRead: HeaderRead | undefined,
  restorable: (storageClass: string) => boolean,
  database: string | undefined,
): InspectedFile {
  const object = headerRead?.outcome === 'read' ? { ...listed, ...headerRead.object } : listed;
  const { key, size, lastModified, etag, storageClass } = object;
  const header = headerRead?.outcome === 'read' ? headerRead.file.header : null;
  const faults: { code: FileFault['code'] | 'backup_not_checked'; detail: string }[] = [];
  const stored = storageFault(storageClass, restorable);
  if (stored) faults.push(stored);
  if (headerRead === undefined)
    faults.push({
      code: 'backup_not_checked',
      detail: `Only the newest ${maxRead} files are read, and only while a caller waits.`,
    });
  else if (headerRead.outcome === 'unreadable') faults.push({ code: 'backup_not_checked', detail: headerRead.detail });
  else if (headerRead.outcome !== 'read') {
    if (stored === null) faults.push({ code: 'source_missing_or_archived', detail: headerRead.detail });
  } else {
    faults.push(...ownFaults(headerRead.file));
    if (headerRead.file.kind === 'sealed')
      faults.push({
        code: 'backup_not_checked',
        detail: 'The header cannot be read: the backup is encrypted, or packed in an unknown form.',
      });
    const contained = headerRead.file.header.database;
    if (database !== undefined && contained !== null && !sameName(contained, database))
      faults.push({ code: 'database_not_in_backup', detail: `The file is a backup of the database \`${contained}\`.` });
  }
  return {
    key,
    size,
    lastModified,
    etag,
    storageClass,
    header,
    faults: faults.map(({ code, detail }) => ({ code, detail })),
  };
}

function restorableClass({ storageClass }: StoredObject, restorable: (storageClass: string) => boolean): boolean {
  return storageClass === null || restorable(storageClass);
}

function sameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
