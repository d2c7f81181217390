import { newId } from './ids.ts';

import type { Backup, CloudAccount, Feed, Migration, SealedUrl, Source } from './migration.ts';
import type { BackupRequest, MigrationRequest, SourceRequest } from './request-schema.ts';

import type { Runtime } from './runtime.ts';
import type { BackupType, Mode } from './vocabulary.ts';

/** The dependencies of a creation. `seal` encrypts a signed URL and binds it to the backup with that id. */
export interface CreationContext {
  readonly runtime: Pick<Runtime, 'now' | 'randomBytes'>;
  seal(url: string, backupId: string): SealedUrl;
}

/** A new migration: `pending`, due now, with its full backup queued. Absent members get their defaults. */
export function newMigration(
  request: MigrationRequest,
  account: { readonly name: string; readonly region: string; readonly cloud?: CloudAccount },
  caller: string,
  context: CreationContext,
): Migration {
  const mode = request.mode ?? 'full';
  const full = backupOf('full', request.source ?? folderOf(request.feed), mode === 'full', context);
  return migrationWith(request, mode, [full], account, caller, context);
}

/** A new migration with the given backups. */
export function migrationWith(
  request: MigrationRequest,
  mode: Mode,
  backups: readonly Backup[],
  account: { readonly name: string; readonly region: string; readonly cloud?: CloudAccount },
  caller: string,
  context: CreationContext,
): Migration {
  const now = context.runtime.now();
  const { databases, overwrite, instanceId } = request.target;
  return {
    // The same instant as `createdAt`, because lists search by the time in the id.
    id: newId('mig', { now: () => now, randomBytes: (count) => context.runtime.randomBytes(count) }),
    provider: request.provider,
    account: account.name,
    ...(account.cloud && { cloud: account.cloud }),
    region: request.region ?? account.region,
    name: request.name ?? null,
    description: request.description ?? null,
    labels: request.labels ?? {},
    mode,
    target: { instanceId, ...(databases && databases.length > 0 && { databases }), overwrite: overwrite ?? false },
    options: request.options ?? {},
    ...(request.feed && { feed: newFeed(request.feed) }),
    providerOptions: request.providerOptions ?? {},
    caller,
    state: 'pending',
    stateReason: null,
    providerStatus: null,
    providerRefs: {},
    blocking: [],
    warnings: [],
    percent: null,
    backups,
    calls: [],
    cutoverRequested: false,
    cancelRequested: false,
    error: null,
    createdAt: now,
    startedAt: null,
    finishedAt: null,
    updatedAt: now,
    observedAt: null,
    occupiesInstance: false,
    dueAt: now,
    failures: 0,
    version: 1,
  };
}

/** A new queued backup for a chain. */
export function newBackup(request: BackupRequest, context: CreationContext): Backup {
  return backupOf(request.type, request.source, request.final ?? false, context);
}

function backupOf(type: BackupType, source: SourceRequest, final: boolean, { runtime, seal }: CreationContext): Backup {
  const id = newId('bkp', runtime);
  return {
    id,
    type,
    source: sealed(source, (url) => seal(url, id)),
    final,
    state: 'queued',
    attempt: 1,
    uploaded: false,
    providerStatus: null,
    providerRefs: {},
    error: null,
    createdAt: runtime.now(),
    submittedAt: null,
    finishedAt: null,
  };
}

function sealed(source: SourceRequest, seal: (url: string) => SealedUrl): Source {
  return source.type === 'url' ? { type: 'url', urls: source.urls.map((url) => seal(url)) } : source;
}

function newFeed({ bucket, prefix, endpoint, watch = true, lastFile }: NonNullable<MigrationRequest['feed']>): Feed {
  return {
    bucket,
    prefix,
    ...(endpoint !== undefined && { endpoint }),
    watch,
    lastFile: lastFile ?? null,
    closed: false,
    gap: null,
    refused: [],
    newestFinishedAt: null,
    scannedAt: null,
  };
}

/** The source of a full backup whose file the first scan of the folder determines. */
function folderOf(feed: MigrationRequest['feed']): SourceRequest {
  return { type: 'object_storage', bucket: feed?.bucket ?? '', keys: [] };
}
