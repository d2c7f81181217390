import type { ProviderId } from '../support/providers.ts';
import type { Choices } from './random.ts';

/** One file to restore. Its name is unique among all intents. */
export interface WantedFile {
  readonly name: string;
  readonly final: boolean;
}

/** How a caller sends its requests. */
export interface Manner {
  /** Without a key a caller never repeats a request. */
  readonly idempotencyKey: string | null;
  readonly prefer: string | null;
  /** Time that the caller waits for one answer, in milliseconds. */
  readonly answerTimeoutMs: number;
}

/** The wish of one caller: a full restore, or a chain whose increments follow at once. */
export interface Intent {
  readonly label: string;
  readonly provider: ProviderId;
  readonly mode: 'full' | 'full_log' | 'full_differential';
  readonly instanceId: string;
  readonly database: string;
  readonly full: WantedFile;
  readonly increments: readonly WantedFile[];
  /** The caller deletes the ended migration and requests the same again. */
  readonly again: boolean;
  readonly manner: Manner;
  /** Whether the files come from a watched folder, where they arrive late and in any order. */
  readonly watched: boolean;
}

const folder = 'chaos';

/**
 * The intent with that number. Some have a damaged file, some share the instance of the one before, one in eight is a
 * chain. `watched`: a chain from a watched folder.
 */
export function intentOf(provider: ProviderId, number: number, random: Choices, watched = false): Intent {
  const label = `${provider}-${number}`;
  const database = `db${provider[0]}${number}`;
  const mode = watched ? 'full_log' : random.chance(1 / 8) ? chainMode(provider, random) : 'full';
  const count = mode === 'full' ? 0 : random.between(1, 3);
  const damaged = mode === 'full' && random.chance(0.04);
  const again = mode === 'full' && random.chance(0.15);
  const increments = Array.from({ length: count }, (_, index) => ({
    name: incrementName(provider, mode, database, index + 1, index + 1 === count),
    final: index + 1 === count,
  }));
  return {
    label,
    provider,
    mode,
    database,
    instanceId: instanceOf(provider, number % 6 === 5 ? number - 1 : number),
    full: { name: fullName(provider, mode, damaged ? `${database}-corrupt` : database), final: false },
    increments,
    again,
    manner: mannerOf(label, mode !== 'full' || again, random),
    watched,
  };
}

/** The body of POST /migrations. */
export function migrationBody(intent: Intent): object {
  return {
    provider: intent.provider,
    mode: intent.mode,
    name: `chaos-${intent.label}`,
    labels: { intent: intent.label },
    target: {
      instanceId: intent.instanceId,
      ...(intent.provider !== 'huawei' && { databases: [{ name: intent.database }] }),
    },
    ...(intent.watched ? { feed: feedOf(intent) } : { source: sourceOf(intent.full) }),
  };
}

function feedOf(intent: Intent): object {
  return { bucket: bucketOf(intent), prefix: folderOf(intent), lastFile: intent.increments.at(-1)?.name };
}

function bucketOf({ provider }: Intent): string {
  return provider === 'tencent' ? 'chaos-backups-1250000000' : 'chaos-backups';
}

function folderOf({ label }: Intent): string {
  return `watched/${label}/`;
}

/** The files for the watched folder of an intent, in restore order. */
export function watchedObjects(intent: Intent): readonly object[] {
  const lsn = (number: number) => String(25_000_001_000_000_001n + BigInt(number) * 10_000_000n);
  const base = lsn(0);
  return [intent.full, ...intent.increments].map(({ name }, number) => ({
    cloud: intent.provider,
    bucket: bucketOf(intent),
    key: `${folderOf(intent)}${name}`,
    backup: {
      database: intent.database,
      kind: number === 0 ? 'D' : 'L',
      firstLsn: number === 0 ? base : lsn(number - 1),
      lastLsn: lsn(number),
      checkpointLsn: base,
      databaseBackupLsn: number === 0 ? '0' : base,
      startedAt: `2026-11-21T20:0${number}:00`,
      finishedAt: `2026-11-21T20:0${number}:30`,
      dataBytes: 512,
    },
  }));
}

/** The body of POST /migrations/{id}/backups. */
export function backupBody(intent: Intent, file: WantedFile): object {
  return { type: intent.mode === 'full_log' ? 'log' : 'differential', final: file.final, source: sourceOf(file) };
}

function sourceOf({ name }: WantedFile): object {
  return { type: 'object_storage', bucket: 'chaos-backups-1250000000', keys: [`${folder}/${name}`] };
}

/** Kinds of callers: patient with a key, asynchronous with a key, impatient, or without a key and without repeats. */
function mannerOf(label: string, needsKey: boolean, random: Choices): Manner {
  const keyed = needsKey || random.chance(0.85);
  const prefer = random.pick(['respond-async', 'respond-async', 'wait=1', 'wait=3', null]);
  return {
    idempotencyKey: keyed ? `chaos-${label}` : null,
    prefer,
    answerTimeoutMs: random.between(800, 6000),
  };
}

function chainMode(provider: ProviderId, random: Choices): Intent['mode'] {
  return provider === 'huawei' ? 'full_log' : random.pick(['full_log', 'full_differential']);
}

function instanceOf(provider: ProviderId, number: number): string {
  const digits = String(number);
  if (provider === 'alibaba') return `rm-uf6${digits.padStart(12, '0')}`;
  if (provider === 'huawei') return `${digits.padStart(32, '0')}in04`;
  return `mssql-${digits.padStart(8, '0')}`;
}

function fullName(provider: ProviderId, mode: Intent['mode'], stem: string): string {
  if (provider !== 'tencent' || mode === 'full') return `${stem}_full.bak`;
  return mode === 'full_log'
    ? `${stem}_20261121190000_2full2_2noreconvery2.bak`
    : `${stem}_20261121190000_1full1_1noreconvery1.bak`;
}

function incrementName(
  provider: ProviderId,
  mode: Intent['mode'],
  stem: string,
  number: number,
  final: boolean,
): string {
  const kind = mode === 'full_log' ? 'log' : 'diff';
  if (provider === 'huawei') return `${stem}_${kind}_${number}.bak`;
  if (provider === 'alibaba') return `${stem}_${kind}_${number}.${kind === 'log' ? 'trn' : 'bak'}`;
  const digit = mode === 'full_log' ? 2 : 1;
  const word = `${final ? '' : 'no'}reconvery${digit}`;
  return `${stem}_202611212${String(number).padStart(5, '0')}_${digit}${kind}${digit}_${digit}${word}.bak`;
}
