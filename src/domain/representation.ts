import type { BackupRepresentation, MigrationRepresentation, SourceRepresentation } from './answer-schema.ts';
import { awaitsFullBackup, behindSeconds, isUnresolved } from './feed.ts';
import { allowedActions, type LifeCycleProvider } from './lifecycle.ts';
import type { Backup, Feed, Instant, Migration, MigrationError, ReasonNote, Source } from './migration.ts';
import { fullBackup } from './migration.ts';
import { Problem, type VendorErrorDetails } from './problem.ts';

const time = (instant: Instant): string => new Date(instant).toISOString();
const timeOrNull = (instant: Instant | null): string | null => (instant === null ? null : time(instant));

/** A source as the API shows it: URLs without their query. */
export function representSource(source: Source): SourceRepresentation {
  switch (source.type) {
    case 'url':
      return { type: 'url', urls: source.urls.map((url) => url.display) };
    case 'object_storage':
      return { ...source, keys: [...source.keys] };
    case 'adopted':
      return { type: 'adopted', files: [...source.files] };
    default:
      return { ...source };
  }
}

type VendorErrorRepresentation = NonNullable<MigrationRepresentation['blocking'][number]['provider']>;

function representVendorError(words: VendorErrorDetails): VendorErrorRepresentation {
  return words as VendorErrorRepresentation;
}

function representError(error: MigrationError | null): MigrationRepresentation['error'] {
  if (error === null) return null;
  const { code, detail, retryable, provider } = error;
  return { code, detail, retryable, ...(provider && { provider: representVendorError(provider) }) };
}

function representBlock(
  { code, detail, since, provider }: ReasonNote,
  changedAt: Instant,
): MigrationRepresentation['blocking'][number] {
  return {
    code,
    detail,
    since: time(since ?? changedAt),
    ...(provider && { provider: representVendorError(provider) }),
  };
}

function representFeed({
  bucket,
  prefix,
  endpoint,
  watch,
  lastFile,
}: Feed): NonNullable<MigrationRepresentation['feed']> {
  return { bucket, prefix, ...(endpoint !== undefined && { endpoint }), watch, ...(lastFile !== null && { lastFile }) };
}

/** One backup as the API shows it. */
export function representBackup(backup: Backup): BackupRepresentation {
  return {
    id: backup.id,
    type: backup.type,
    source: representSource(backup.source),
    final: backup.final,
    header: backup.header ?? null,
    state: backup.state,
    providerStatus: backup.providerStatus,
    providerRefs: { ...backup.providerRefs },
    error: representError(backup.error),
    createdAt: time(backup.createdAt),
    submittedAt: timeOrNull(backup.submittedAt),
    finishedAt: timeOrNull(backup.finishedAt),
  };
}

/** Maximum number of a chain's backups in lists and in responses to changes. `GET` of one migration shows all. */
export const maxShownBackups = 50;

/**
 * A migration as the API shows it. At most `maxBackups` backups are shown: the full one and the last ones. `backupsOmitted` counts the
 * others.
 */
export function representMigration(
  migration: Migration,
  provider: LifeCycleProvider,
  maxBackups: number = Number.POSITIVE_INFINITY,
): MigrationRepresentation {
  const { target, providerOptions } = migration;
  const backups = migration.backups.filter((backup) => !isUnresolved(backup));
  const omitted = Math.max(0, backups.length - maxBackups);
  const counted = backups.filter((backup) => backup.supersededBy === undefined);
  const restored = counted.filter((backup) => backup.state === 'restored').length;
  return {
    id: migration.id,
    provider: migration.provider,
    account: migration.account,
    region: migration.region,
    name: migration.name,
    description: migration.description,
    labels: { ...migration.labels },
    mode: migration.mode,
    target: {
      instanceId: target.instanceId,
      ...(target.databases && { databases: target.databases.map((database) => ({ ...database })) }),
      overwrite: target.overwrite,
    },
    ...(!awaitsFullBackup(migration) && { source: representSource(fullBackup(migration).source) }),
    ...(migration.feed && { feed: representFeed(migration.feed) }),
    options: { ...migration.options },
    ...(Object.keys(providerOptions).length > 0 && { providerOptions }),
    state: migration.state,
    stateReason: migration.stateReason,
    providerStatus: migration.providerStatus,
    providerRefs: { ...migration.providerRefs },
    actions: [...allowedActions(migration, provider)],
    blocking: migration.blocking.map((note) => representBlock(note, migration.updatedAt)),
    warnings: migration.warnings.map(({ code, detail }) => ({ code, detail })),
    progress: {
      percent: percentOf(migration, restored, counted.length),
      backupsTotal: counted.length,
      backupsRestored: restored,
      behindSeconds: behindSeconds(migration),
    },
    backups: (omitted === 0 ? backups : [...backups.slice(0, 1), ...backups.slice(omitted + 1)]).map(representBackup),
    ...(omitted > 0 && { backupsOmitted: omitted }),
    error: representError(migration.error),
    createdBy: migration.caller,
    createdAt: time(migration.createdAt),
    startedAt: timeOrNull(migration.startedAt),
    finishedAt: timeOrNull(migration.finishedAt),
    updatedAt: time(migration.updatedAt),
    observedAt: timeOrNull(migration.observedAt),
  };
}

/** The progress in percent; null: unknown. */
function percentOf(migration: Migration, restored: number, total: number): number | null {
  if (migration.state === 'succeeded') return 100;
  const current = migration.percent === null ? null : Math.min(100, Math.max(0, migration.percent));
  if (migration.mode === 'full' || total === 0) return current === null ? null : Math.round(current);
  // Nothing runs, and the number of later backups is unknown.
  if (migration.state === 'awaiting_backup' && restored === total) return null;
  // The vendor's percentage is of one backup. In a chain it counts as that backup's share, so that the total never falls.
  const runs = migration.backups.some((backup) => backup.state === 'restoring');
  const share = runs && restored < total ? (current ?? 0) : 0;
  return Math.floor((restored * 100 + share) / total);
}

/** The entity tag of a version, with quotes. */
export function entityTag({ id, version }: Pick<Migration, 'id' | 'version'>): string {
  return `"${id}.${version}"`;
}

/**
 * Throws the problem `precondition_failed` if the resource is not the version that the caller has seen. `ifMatch`: its entity tag without
 * quotes; `*` and undefined match every version.
 */
export function expectVersion(
  thing: 'migration' | 'webhook',
  current: Pick<Migration, 'id' | 'version'>,
  { ifMatch }: { readonly ifMatch?: string },
): void {
  if (ifMatch !== undefined && ifMatch !== '*' && `"${ifMatch}"` !== entityTag(current))
    throw new Problem('precondition_failed', `The ${thing} has changed since the entity tag was read.`);
}
