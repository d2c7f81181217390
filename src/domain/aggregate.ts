import type { DecisionProvider } from './decide.ts';
import { inState, isTerminal } from './lifecycle.ts';
import type { Backup, Call, Instant, Migration, MigrationError, Note } from './migration.ts';
import type { EngineSettings } from './timing.ts';
import type { VendorFailure } from './vendor.ts';

/** The small pure changes that every larger change of the aggregate is made of. */

/** What a change of the aggregate depends on besides the aggregate. */
export interface ChangeContext {
  readonly provider: DecisionProvider;
  readonly settings: EngineSettings;
  readonly now: Instant;
}

export function withBackup(migration: Migration, id: string, change: (backup: Backup) => Backup): Migration {
  return { ...migration, backups: migration.backups.map((backup) => (backup.id === id ? change(backup) : backup)) };
}

export function withCall(migration: Migration, number: number, change: (call: Call) => Call): Migration {
  return { ...migration, calls: migration.calls.map((call) => (call.number === number ? change(call) : call)) };
}

export function callOf(migration: Migration, number: number): Call {
  const call = migration.calls.find((each) => each.number === number);
  if (call === undefined) throw new Error(`${migration.id} has no call ${number}`);
  return call;
}

export function backupOf(migration: Migration, id: string | null): Backup {
  const backup = migration.backups.find((each) => each.id === id);
  if (backup === undefined) throw new Error(`${migration.id} has no backup ${id}`);
  return backup;
}

export function withNote(notes: readonly Note[], note: Note): readonly Note[] {
  return [...without(notes, note.code), note];
}

export function without(notes: readonly Note[], code: string): readonly Note[] {
  return notes.filter((note) => note.code !== code);
}

export function withoutAll(notes: readonly Note[], codes: readonly string[]): readonly Note[] {
  return notes.filter((note) => !codes.includes(note.code));
}

/** Takes notes away. Where one of them was the reason for standing still, the latest of those that are left is it now. */
export function unblocked(migration: Migration, codes: readonly string[]): Migration {
  const blocking = withoutAll(migration.blocking, codes);
  const { stateReason } = migration;
  const stays = stateReason !== null && !codes.includes(stateReason);
  return { ...migration, blocking, stateReason: stays ? stateReason : (blocking.at(-1)?.code ?? null) };
}

/** An ended migration that is only being cleaned up keeps its silence. */
export function reasonUnlessEnded(migration: Migration, reason: string): string | null {
  return isTerminal(migration) ? migration.stateReason : reason;
}

export function errorOf(failure: VendorFailure): MigrationError {
  return { code: failure.code, detail: failure.detail, retryable: failure.retryable, provider: failure.provider };
}

/** Ends a migration. What has not reached the vendor's restore is skipped. */
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
