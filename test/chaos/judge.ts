import type { MigrationRepresentation } from '../../src/domain/answer-schema.ts';
import type { JournalEntry } from '../../src/sandbox/cloud.ts';
import type { ProviderId } from '../support/providers.ts';
import type { Intent, WantedFile } from './intent.ts';

/** What a caller knows at the end. `acknowledged`: the caller got a 2xx. */
export interface Told {
  readonly intent: Intent;
  readonly acknowledged: boolean;
  readonly migrationId: string | null;
  /** Names of the increments whose POST got a 2xx, and of those sent without one. */
  readonly acknowledgedIncrements: readonly string[];
  readonly attemptedIncrements: readonly string[];
  /** A deletion of the migration was sent, and its outcome is unknown. */
  readonly forgotten: boolean;
  /** The migration was deleted after its end and requested again; whether that got a 2xx. */
  readonly askedAgain: boolean;
  readonly acknowledgedAgain: boolean;
  /** An unexpected final refusal. */
  readonly refusal: string | null;
}

/** The description of the task or job of an effect by the cloud itself. */
export type CloudWord = 'succeeded' | 'failed' | 'resting' | 'running' | 'absent';

/** What a task or job restores according to the cloud; null or empty where the cloud does not show it. */
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
  /** Restores in a cloud without an account of any caller. */
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
 * Judges one provider. Demands exactly one restore per acknowledged file, at most one per other file, no restore
 * unknown to the gateway, and for every migration the state and ids that the cloud itself reports.
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

/** False statements of a migration. */
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

/** Tasks that a backup claims although they restore another file or database at the cloud. */
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

/** A journal subject contains names of databases, keys or files. The last path segment of its last word is the file. */
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

/** Everything that a caller sent, answered or not. */
export function attempted({ intent, attemptedIncrements }: Told): readonly WantedFile[] {
  return [intent.full, ...intent.increments.filter(({ name }) => attemptedIncrements.includes(name))];
}
