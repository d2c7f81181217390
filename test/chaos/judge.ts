import type { MigrationRepresentation } from '../../src/domain/answer-schema.ts';
import type { JournalEntry } from '../../src/sandbox/cloud.ts';
import type { ProviderId } from '../support/providers.ts';
import type { Intent, WantedFile } from './intent.ts';

/** What a caller knows at the end. `acknowledged`: a 2xx came. */
export interface Told {
  readonly intent: Intent;
  readonly acknowledged: boolean;
  readonly migrationId: string | null;
  /** Names of the increments whose POST was answered with 2xx, and of those that were sent without such an answer. */
  readonly acknowledgedIncrements: readonly string[];
  readonly attemptedIncrements: readonly string[];
  /** A deletion of the migration was sent, and whether it was carried out is not known. */
  readonly forgotten: boolean;
  /**
   * The migration was deleted after its end, and the same was asked for once more; and whether that was answered with
   * 2xx.
   */
  readonly askedAgain: boolean;
  readonly acknowledgedAgain: boolean;
  /** A final refusal that the caller could not expect. */
  readonly refusal: string | null;
}

/** How a cloud itself describes the task or job of an effect. */
export type CloudWord = 'succeeded' | 'failed' | 'resting' | 'running' | 'absent';

/** What a cloud itself says that a task or job restores; null or empty for what it does not show. */
export interface CloudFacts {
  readonly database: string | null;
  readonly files: readonly string[];
}

export interface Evidence {
  readonly told: readonly Told[];
  readonly migrations: readonly MigrationRepresentation[];
  readonly journal: readonly JournalEntry[];
  /** By `wordKey` of the effect. */
  readonly words: ReadonlyMap<string, CloudWord>;
  readonly facts: ReadonlyMap<string, CloudFacts>;
  /** Restores in a cloud that no caller's account belongs to. */
  readonly elsewhere: readonly JournalEntry[];
}

export interface Verdict {
  readonly intents: number;
  readonly acknowledged: number;
  readonly effects: number;
  readonly duplicates: readonly string[];
  readonly lost: readonly string[];
  readonly wrong: readonly string[];
}

export function wordKey({ cloud, taskId }: Pick<JournalEntry, 'cloud' | 'taskId'>): string {
  return `${cloud} ${taskId}`;
}

/**
 * Judges one provider. Exactly one restore per file whose request was acknowledged, at most one per file whose request
 * was not, none that the gateway does not know of; and every migration in the state, with the ids, that the cloud
 * itself gives.
 */
export function judge(provider: ProviderId, evidence: Evidence): Verdict {
  const told = evidence.told.filter(({ intent }) => intent.provider === provider);
  const duplicates: string[] = [];
  const lost: string[] = [];
  const wrong: string[] = [];
  const journal = evidence.journal.filter(({ cloud }) => cloud === provider);
  const restores = Map.groupBy(
    journal.filter(({ effect }) => effect === 'restore'),
    fileOf,
  );
  const opened = Map.groupBy(
    journal.filter(({ effect }) => effect === 'opened'),
    ({ taskId }) => taskId,
  );
  const migrations = Map.groupBy(evidence.migrations, ({ labels }) => labels.intent ?? '');

  for (const [taskId, openings] of opened)
    if (openings.length > 1) duplicates.push(`task ${taskId}: opened ${openings.length} times`);
  for (const each of told) {
    const { intent } = each;
    const own = migrations.get(intent.label) ?? [];
    const [migration] = own;
    const files = [
      {
        file: intent.full,
        due: Number(each.acknowledged) + Number(each.acknowledgedAgain),
        most: 1 + Number(each.askedAgain),
      },
      ...intent.increments
        .filter(({ name }) => each.attemptedIncrements.includes(name))
        .map((file) => ({ file, due: Number(each.acknowledgedIncrements.includes(file.name)), most: 1 })),
    ];
    for (const { file, due, most } of files) {
      const count = restores.get(file.name)?.length ?? 0;
      if (count > most)
        duplicates.push(`${intent.label}: ${file.name} restored ${count} times, asked for ${most} times`);
      if (count < due)
        lost.push(`${intent.label}: ${file.name} was acknowledged ${due} times and restored ${count} times`);
    }
    if (each.refusal !== null) wrong.push(`${intent.label}: refused: ${each.refusal}`);
    if (own.length > 1) wrong.push(`${intent.label}: ${own.length} migrations`);
    if (migration === undefined && (each.forgotten || (each.askedAgain && !each.acknowledgedAgain))) continue;
    if (migration === undefined) {
      if (each.acknowledged && !lost.some((line) => line.startsWith(`${intent.label}:`)))
        wrong.push(`${intent.label}: acknowledged, restored, and unknown to the gateway`);
      if (!each.acknowledged && restores.has(intent.full.name))
        wrong.push(`${intent.label}: restored at the cloud and unknown to the gateway`);
    } else wrong.push(...falsehoods(each, migration, restores, evidence).map((what) => `${intent.label}: ${what}`));
  }
  const known = new Set(told.flatMap(({ intent }) => [intent.full, ...intent.increments].map(({ name }) => name)));
  for (const { cloud, subject } of evidence.elsewhere)
    if (cloud === provider) wrong.push(`${subject} was restored in a cloud that no account of a caller belongs to`);
  for (const [name, entries] of restores)
    if (!known.has(name)) wrong.push(`${entries.length} restores of ${name}, which nobody asked for`);
  return {
    intents: told.length,
    acknowledged: told.filter(({ acknowledged }) => acknowledged).length,
    effects: [...restores.values()].flat().length,
    duplicates,
    lost,
    wrong,
  };
}

/** What a migration says that is not so. */
function falsehoods(
  told: Told,
  migration: MigrationRepresentation,
  restores: ReadonlyMap<string, readonly JournalEntry[]>,
  { words, facts }: Pick<Evidence, 'words' | 'facts'>,
): string[] {
  const { intent } = told;
  const found: string[] = [];
  if (told.migrationId !== null && told.migrationId !== migration.id)
    found.push(`the caller was told of ${told.migrationId}, the gateway has ${migration.id}`);
  const base = restores.get(intent.full.name)?.at(-1);
  if (base === undefined) return [...found, `${stateOf(migration)}, and nothing was restored`];

  const restored = migration.backups.filter((backup) => restores.has(backupFile(backup)));
  const last = restores.get(backupFile(restored.at(-1)))?.at(-1) ?? base;
  const word = words.get(wordKey(intent.provider === 'huawei' ? last : base)) ?? 'absent';
  const true_ = stateBehind(word);
  if (migration.state !== true_) found.push(`${stateOf(migration)}, and the cloud says ${word}`);
  if (!Object.values(migration.providerRefs).includes(base.taskId))
    found.push(`its ids ${JSON.stringify(migration.providerRefs)} are not ${base.taskId}`);
  for (const backup of migration.backups) found.push(...strangers(intent, backup, facts));
  for (const backup of migration.backups) {
    const effect = restores.get(backupFile(backup))?.at(-1);
    if (effect === undefined) {
      if (backup.state === 'restored') found.push(`${backup.id} counts as restored and was never sent`);
      continue;
    }
    if (!Object.values(backup.providerRefs).includes(effect.taskId))
      found.push(`${backup.id} has the ids ${JSON.stringify(backup.providerRefs)}, not ${effect.taskId}`);
    const expected = word === 'failed' ? 'failed' : 'restored';
    if (backup.state !== expected) found.push(`${backup.id} is ${backup.state}, and the cloud says ${word}`);
  }
  if (migration.state === 'failed' && migration.error === null) found.push('failed without a reason');
  return found;
}

/** What the tasks that a backup claims for its own restore at the cloud, where that is another file or database. */
function strangers(
  intent: Intent,
  backup: MigrationRepresentation['backups'][number],
  facts: ReadonlyMap<string, CloudFacts>,
): string[] {
  const file = backupFile(backup);
  return Object.values(backup.providerRefs).flatMap((taskId) => {
    const fact = facts.get(wordKey({ cloud: intent.provider, taskId }));
    if (fact === undefined) return [];
    const found: string[] = [];
    if (fact.files.length > 0 && !fact.files.includes(file))
      found.push(`${backup.id} claims ${taskId} for ${file}, and the cloud restores ${fact.files.join(', ')} in it`);
    if (fact.database !== null && fact.database !== intent.database)
      found.push(`${backup.id} claims ${taskId} for ${intent.database}, and the cloud restores ${fact.database} in it`);
    return found;
  });
}

function stateBehind(word: CloudWord): MigrationRepresentation['state'] | null {
  const states = {
    succeeded: 'succeeded',
    failed: 'failed',
    resting: 'awaiting_backup',
    running: 'restoring',
  } as const;
  return word === 'absent' ? null : states[word];
}

function stateOf({ id, state, stateReason, error, blocking }: MigrationRepresentation): string {
  const why = [stateReason, error?.detail, ...blocking.map(({ code, detail }) => `${code}: ${detail}`)]
    .filter((text) => text !== null && text !== undefined)
    .join('; ');
  return `${id} is ${state}${why === '' ? '' : ` (${why})`}`;
}

/**
 * The journal's subject holds names of databases, keys or files; the last path segment of its last word is the file.
 */
function fileOf({ subject }: JournalEntry): string {
  return segment(subject.split(/[\s,]+/).findLast((word) => word !== '') ?? '');
}

function backupFile(backup: MigrationRepresentation['backups'][number] | undefined): string {
  const source = backup?.source;
  return source?.type === 'object_storage' ? segment(source.keys[0] ?? '') : '';
}

function segment(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** All that a caller sent, whether or not it was answered. */
export function attempted({ intent, attemptedIncrements }: Told): readonly WantedFile[] {
  return [intent.full, ...intent.increments.filter(({ name }) => attemptedIncrements.includes(name))];
}
