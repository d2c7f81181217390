import { type CreationContext, migrationWith } from './creation.ts';
import type { AdoptableBackup, AdoptableTask } from './foreign-tasks.ts';
import { newId } from './ids.ts';
import type { Backup, Call, CloudAccount, Instant, Migration, Refs } from './migration.ts';
import type { FieldFault } from './problem.ts';
import type { Provider } from './provider.ts';
import type { MigrationRequest } from './request-schema.ts';

/** Adoption: making migrations of tasks that were started outside Godwit. Pure. */

interface Place {
  readonly name: string;
  readonly region: string;
  readonly cloud?: CloudAccount;
}

/** The migration of an adoption request before the vendor's task is read. Its only backup is a placeholder. */
export function adoptionDraft(
  request: MigrationRequest,
  account: Place,
  caller: string,
  context: CreationContext,
): Migration {
  const mode = request.mode ?? 'full';
  const now = context.runtime.now();
  const unknown = adoptedBackup(
    {
      type: 'full',
      final: mode === 'full',
      files: [],
      refs: request.adopt ?? {},
      state: 'restoring',
      error: null,
      providerStatus: '',
      createdAt: null,
      finishedAt: null,
    },
    now,
    context,
  );
  return migrationWith(request, mode, [unknown], account, caller, context);
}

/**
 * The migration of an existing task, as if Godwit had made every call that led to it. A running backup is `restoring` until the next
 * observation.
 */
export function adoptedMigration(
  draft: Migration,
  { mode, providerStatus, backups: told }: AdoptableTask,
  provider: Pick<Provider, 'plan' | 'capabilities'>,
  context: CreationContext,
): Migration {
  const now = context.runtime.now();
  const backups = told
    .map((each) => adoptedBackup(each, now, context))
    .map((backup, index, all): Backup => {
      const next = all[index + 1];
      return backup.state === 'failed' && next !== undefined ? { ...backup, supersededBy: next.id } : backup;
    });
  const opening = backups.some(({ type, final, state }) => type !== 'full' && final && state === 'restoring');
  const [first] = told;
  const adopted: Migration = {
    ...draft,
    mode,
    state: opening ? 'cutting_over' : 'restoring',
    providerStatus,
    providerRefs: first.refs,
    backups,
    startedAt: Math.min(first.createdAt ?? now, now),
    occupiesInstance: provider.capabilities.oneRestorePerInstance && backups.some(({ state }) => state === 'restoring'),
  };
  return { ...adopted, calls: sentByOthers(adopted, provider, now) };
}

function adoptedBackup(told: AdoptableBackup, now: Instant, { runtime }: CreationContext): Backup {
  return {
    id: newId('bkp', runtime),
    type: told.type,
    source: { type: 'adopted', files: told.files },
    final: told.final,
    state: told.state,
    attempt: 1,
    uploaded: false,
    providerStatus: told.providerStatus === '' ? null : told.providerStatus,
    providerRefs: told.refs,
    error: told.error,
    createdAt: now,
    submittedAt: Math.min(told.createdAt ?? now, now),
    finishedAt: told.state === 'restoring' ? null : (told.finishedAt ?? now),
  };
}

/** The calls that led to the task, recorded as `accepted`, so that later calls get the following numbers. */
function sentByOthers(migration: Migration, provider: Pick<Provider, 'plan'>, now: Instant): readonly Call[] {
  return migration.backups
    .flatMap((backup) =>
      provider.plan('restore', migration, backup).map(
        ({ operation, refs }): Omit<Call, 'number'> => ({
          step: 'restore',
          backupId: backup.id,
          attempt: 1,
          operation,
          state: 'accepted',
          sentAt: backup.submittedAt ?? now,
          settledAt: backup.submittedAt ?? now,
          refs: named(backup.providerRefs, [...refs.required, ...refs.optional]),
          requestId: null,
          error: null,
          looks: 0,
          adopted: true,
        }),
      ),
    )
    .map((call, index) => ({ ...call, number: index + 1 }));
}

function named(refs: Refs, names: readonly string[]): Refs {
  return Object.fromEntries(Object.entries(refs).filter(([name]) => names.includes(name)));
}

/** Faults in the names of the vendor ids in `adopt`; empty: none. Pointers are into the request. */
export function refNameFaults(
  adopt: Refs,
  { required, optional }: { readonly required: readonly string[]; readonly optional: readonly string[] },
): readonly FieldFault[] {
  const names = [...required, ...optional];
  const expected = `A task is identified by ${required.map((name) => `\`${name}\``).join(' and ')}.`;
  const escaped = (name: string) => name.replaceAll('~', '~0').replaceAll('/', '~1');
  return [
    ...Object.keys(adopt)
      .filter((name) => !names.includes(name))
      .map((name) => ({
        pointer: `/adopt/${escaped(name)}`,
        detail: `\`${name}\` is not an id of a task. ${expected}`,
      })),
    ...required
      .filter((name) => adopt[name] === undefined)
      .map((name) => ({ pointer: `/adopt/${name}`, detail: `The id is missing. ${expected}` })),
  ];
}
