import type { DecisionProvider } from './decide.ts';
import { inState, isTerminal } from './lifecycle.ts';
import type { Backup, Call, Instant, Migration, MigrationError, Note, ReasonNote } from './migration.ts';
import type { VendorErrorDetails } from './problem.ts';
import { type Clearing, clearedBy, type Reason } from './reasons.ts';
import type { EngineSettings } from './timing.ts';
import type { VendorFailure } from './vendor.ts';

/** Small pure changes of the aggregate. All larger changes are composed of them. */

/** The inputs of a change besides the aggregate. */
export interface ChangeContext {
  readonly provider: DecisionProvider;
  readonly settings: EngineSettings;
  readonly now: Instant;
}

/** Replaces the backup with this id by the result of `change`. */
export function withBackup(migration: Migration, id: string, change: (backup: Backup) => Backup): Migration {
  return { ...migration, backups: migration.backups.map((backup) => (backup.id === id ? change(backup) : backup)) };
}

/** Replaces the call with this number by the result of `change`. */
export function withCall(migration: Migration, number: number, change: (call: Call) => Call): Migration {
  return { ...migration, calls: migration.calls.map((call) => (call.number === number ? change(call) : call)) };
}

/** The call with this number. Throws an `Error` if there is none. */
export function callOf(migration: Migration, number: number): Call {
  const call = migration.calls.find((each) => each.number === number);
  if (call === undefined) throw new Error(`${migration.id} has no call ${number}`);
  return call;
}

/** The backup with this id. Throws an `Error` if there is none. */
export function backupOf(migration: Migration, id: string | null): Backup {
  const backup = migration.backups.find((each) => each.id === id);
  if (backup === undefined) throw new Error(`${migration.id} has no backup ${id}`);
  return backup;
}

/** Appends a note. It replaces an earlier note with the same code. */
export function withNote<Code extends string>(notes: readonly Note<Code>[], note: Note<Code>): readonly Note<Code>[] {
  return [...without(notes, [note.code]), note];
}

/** The notes without those that have one of the codes. */
export function without<Code extends string>(
  notes: readonly Note<Code>[],
  codes: readonly Code[],
): readonly Note<Code>[] {
  return notes.filter((note) => !codes.includes(note.code));
}

/** Adds a reason why the migration does not proceed, and makes it the `stateReason`. */
export function blockedBy(migration: Migration, note: ReasonNote): Migration {
  return { ...migration, stateReason: note.code, blocking: withNote(migration.blocking, note) };
}

/** Removes the reasons that an event clears. If one of them was the `stateReason`, the latest remaining reason replaces it. */
export function cleared(migration: Migration, event: Clearing): Migration {
  const codes = clearedBy(event);
  const blocking = without(migration.blocking, codes);
  const { stateReason } = migration;
  const stays = stateReason !== null && !codes.includes(stateReason);
  return { ...migration, blocking, stateReason: stays ? stateReason : (blocking.at(-1)?.code ?? null) };
}

/** The `stateReason` to set: `reason`, or the present one after the end, because cleanup does not change it. */
export function reasonUnlessEnded(migration: Migration, reason: Reason): Reason | null {
  return isTerminal(migration) ? migration.stateReason : reason;
}

/** The vendor error of a failure as a member to spread into a note. Empty if the vendor gave neither a code, a message nor a status. */
export function spoken(provider: VendorErrorDetails | undefined): { readonly provider?: VendorErrorDetails } {
  const said =
    provider !== undefined && (provider.code !== null || provider.message !== null || provider.httpStatus !== null);
  return said ? { provider } : {};
}

/** A failure of a call in the form that the aggregate stores. */
export function errorOf(failure: VendorFailure): MigrationError {
  return { code: failure.code, detail: failure.detail, retryable: failure.retryable, provider: failure.provider };
}

/** Ends a migration. Backups that are not yet at the vendor become `skipped`, and on `cancelled` also the one that is being restored. */
export function endMigration(
  migration: Migration,
  state: 'succeeded' | 'failed' | 'cancelled',
  error: MigrationError | null,
  finishedAt: Instant,
  now: Instant,
): Migration {
  const ended = inState(migration, state);
  return {
    ...ended,
    stateReason: null,
    error,
    blocking: [],
    backups: ended.backups.map((backup) =>
      backup.state === 'queued' ||
      backup.state === 'submitting' ||
      (state === 'cancelled' && backup.state === 'restoring')
        ? { ...backup, state: 'skipped', finishedAt: now }
        : backup,
    ),
    occupiesInstance: false,
    finishedAt,
    updatedAt: now,
    dueAt: null,
    failures: 0,
  };
}
