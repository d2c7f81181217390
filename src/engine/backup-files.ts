import { type BackupFile, headBytes, longTailBytes, readBackup, tailBytes } from '../backups/read.ts';
import { putNewest } from '../domain/bounded-map.ts';
import type { Migration } from '../domain/migration.ts';
import type { ObjectStore, StoredObject } from '../domain/object-store.ts';
import { storageService } from '../domain/object-store.ts';
import { type Account, type CallOptions, type Dialogue, VendorError, type VendorFailure } from '../domain/vendor.ts';
import type { EngineContext } from './context.ts';

/** The location of a file. */
export interface FilePlace {
  readonly account: Account;
  readonly region: string;
  readonly bucket: string;
}

/** The result of reading a file. `missing`: it certainly does not exist. `unreadable`: nothing is known about it. */
export type HeaderRead =
  | { readonly outcome: 'read'; readonly object: StoredObject; readonly file: BackupFile }
  | { readonly outcome: 'archived'; readonly detail: string }
  | { readonly outcome: 'missing'; readonly detail: string }
  | { readonly outcome: 'unreadable'; readonly detail: string };

/** Reads the headers of backup files in object stores. It stores no content. */
export interface BackupFiles {
  /** Whether the account's object store may be read: its endpoint is the default or configured. */
  hasStore(account: Account): boolean;
  /** Why the account's object store is not called at present, or null. */
  paused(account: Account): string | null;
  /** Lists up to `max` objects with a key prefix. `complete`: whether these are all. Rejects with `VendorError`. */
  list(
    place: FilePlace,
    prefix: string,
    max: number,
    options?: CallOptions,
    beforePage?: () => Promise<void>,
  ): Promise<{ readonly objects: readonly StoredObject[]; readonly complete: boolean }>;
  /**
   * Reads the header of one file. `known`: the object as a list shows it; then the header of an unchanged file comes from a cache. Vendor errors
   * become outcomes.
   */
  readHeader(place: FilePlace, key: string, known?: StoredObject, options?: CallOptions): Promise<HeaderRead>;
  /** Major version of the target's SQL Server, cached for a minute; undefined: the vendor does not report it, or the call failed. */
  targetMajor(account: Account, migration: Migration, options?: CallOptions): Promise<number | undefined>;
}

/** Milliseconds for which an unreachable store is not called. */
const pauseMs = 5 * 60_000;
/** Maximum number of cached headers, of about 1 KB each. */
const maxRemembered = 20_000;

/** Milliseconds for which a target's version is cached: upgrades are rare, and some vendors allow one call per second. */
const versionKeptMs = 60_000;
/** Maximum number of cached versions. */
const maxVersions = 1000;

/** Kinds of failures of an unreachable or failing store. */
const unreached: readonly VendorFailure['kind'][] = ['not_sent', 'timeout', 'unavailable', 'malformed'];

/** Creates the reader of backup files, with its caches of headers and versions. */
export function createBackupFiles(
  context: Pick<EngineContext, 'client' | 'providers' | 'runtime' | 'log'>,
): BackupFiles {
  const { client, providers, runtime } = context;
  const pauses = new Map<string, { readonly until: number; readonly detail: string }>();
  const remembered = new Map<string, BackupFile>();
  const versions = new Map<string, { readonly until: number; readonly major: Promise<number | undefined> }>();

  const storeOf = ({ account }: FilePlace): ObjectStore => providers.of(account.provider).objectStore;

  async function askVersion(
    account: Account,
    migration: Migration,
    options?: CallOptions,
  ): Promise<number | undefined> {
    const dialogue = providers.of(account.provider).targetMajor(migration);
    try {
      const major = await client.converse(account, migration.region, dialogue, { priority: 'caller', ...options });
      return major ?? undefined;
    } catch (error) {
      if (error instanceof VendorError) return undefined;
      throw error;
    }
  }

  /** If the store did not respond, pauses its calls and logs one line. */
  function noteFailure({ name }: Account, { kind, detail, provider }: VendorFailure): void {
    if (!unreached.includes(kind)) return;
    pauses.set(name, { until: runtime.monotonic() + pauseMs, detail });
    context.log.warn(
      { operation: provider.operation, outcome: kind, error: detail },
      'the object store of an account is unreachable; Godwit does not call it for five minutes',
    );
  }

  async function converse<T>({ account, region }: FilePlace, dialogue: Dialogue<T>, options?: CallOptions): Promise<T> {
    try {
      return await client.converse(account, region, dialogue, { priority: 'caller', ...options });
    } catch (error) {
      if (error instanceof VendorError) noteFailure(account, error.failure);
      throw error;
    }
  }

  return {
    hasStore({ endpoints }) {
      return endpoints[storageService] !== undefined || Object.keys(endpoints).length === 0;
    },

    paused({ name }) {
      const pause = pauses.get(name);
      if (pause === undefined) return null;
      if (runtime.monotonic() < pause.until) return pause.detail;
      pauses.delete(name);
      return null;
    },

    async list(place, prefix, max, options, beforePage) {
      const store = storeOf(place);
      const objects: StoredObject[] = [];
      let from: string | null = null;
      do {
        const start: string | null = from;
        await beforePage?.();
        const page: ReturnType<ObjectStore['parsePage']> = await converse(
          place,
          onePage(store, place, prefix, start),
          options,
        );
        objects.push(...page.objects.slice(0, max - objects.length));
        from = page.next !== start ? page.next : null;
      } while (from !== null && objects.length < max);
      return { objects, complete: from === null };
    },

    async readHeader(place, key, known, options) {
      const mark =
        known?.etag == null ? null : [place.account.name, place.bucket, key, known.etag, known.size].join('\n');
      const before = mark === null ? undefined : remembered.get(mark);
      if (known !== undefined && before !== undefined) return { outcome: 'read', object: known, file: before };
      try {
        const seen = await converse(place, readEnds(storeOf(place), place.bucket, key), options);
        const object = { ...seen.object, storageClass: seen.object.storageClass ?? known?.storageClass ?? null };
        if (mark !== null && known !== undefined && object.etag === known.etag)
          putNewest(remembered, mark, seen.file, maxRemembered);
        return { outcome: 'read', object, file: seen.file };
      } catch (error) {
        if (!(error instanceof VendorError)) throw error;
        return unread(error.failure, place.bucket, key);
      }
    },

    targetMajor(account, migration, options) {
      const key = [account.name, migration.region, migration.target.instanceId].join('\n');
      const known = versions.get(key);
      if (known !== undefined && runtime.monotonic() < known.until) return known.major;
      const forget = () => versions.delete(key);
      const major = askVersion(account, migration, options);
      major.then((told) => told ?? forget(), forget);
      putNewest(versions, key, { until: runtime.monotonic() + versionKeptMs, major }, maxVersions);
      return major;
    },
  };
}

function* onePage(store: ObjectStore, { bucket }: FilePlace, prefix: string, from: string | null) {
  return store.parsePage(yield store.list(bucket, prefix, from));
}

/** Reads the head and the tail of a file, and a longer tail if the final header is further from the end. */
function* readEnds(
  store: ObjectStore,
  bucket: string,
  key: string,
): Dialogue<{ readonly object: StoredObject; readonly file: BackupFile }> {
  function* part(first: number, last: number): Dialogue<ReturnType<ObjectStore['parsePart']>> {
    return store.parsePart(yield store.read(bucket, key, first, last), key, first);
  }
  const head = yield* part(0, headBytes - 1);
  const { object } = head;
  const { size } = object;
  const end = function* (length: number): Dialogue<Buffer> {
    if (size <= head.bytes.length) return head.bytes;
    const tail = yield* part(Math.max(0, size - length), size - 1);
    return tail.object.size === size && tail.object.etag === object.etag ? tail.bytes : Buffer.alloc(0);
  };
  const file = readBackup({ size, head: head.bytes, tail: yield* end(tailBytes) });
  if (!file.needsLongTail || size <= tailBytes) return { object, file };
  return { object, file: readBackup({ size, head: head.bytes, tail: yield* end(longTailBytes) }) };
}

function unread({ kind, detail, provider }: VendorFailure, bucket: string, key: string): HeaderRead {
  switch (provider.code) {
    case 'NoSuchKey':
      return { outcome: 'missing', detail: `The bucket \`${bucket}\` has no object \`${key}\`.` };
    case 'NoSuchBucket':
      return { outcome: 'missing', detail: `The bucket \`${bucket}\` does not exist.` };
    case 'InvalidObjectState':
      return {
        outcome: 'archived',
        detail: 'The file is in an archive storage class. Move it to the Standard class first.',
      };
    case 'InvalidRange':
      return { outcome: 'read', object: emptyObject(key), file: readBackup({ size: 0, head: empty, tail: empty }) };
    default:
      if (kind === 'not_found')
        return { outcome: 'missing', detail: `The bucket \`${bucket}\` has no object \`${key}\`.` };
      return { outcome: 'unreadable', detail };
  }
}

const empty = Buffer.alloc(0);

function emptyObject(key: string): StoredObject {
  return { key, size: 0, lastModified: null, etag: null, storageClass: null };
}
