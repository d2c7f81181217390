import type { Migration } from './migration.ts';

/**
 * The changed aggregate with the times that follow from the change: `since` of each reason, and the time of the last progress. Pure; the
 * store applies it in every write, so that no change is missed.
 */
export function dated(before: Migration | null, after: Migration): Migration {
  const now = after.updatedAt;
  const sinceOf = (code: string) => before?.blocking.find((note) => note.code === code)?.since;
  const moved = before === null || hasMoved(before, after);
  const movedAt = moved ? now : before.movedAt;
  return {
    ...after,
    blocking: after.blocking.map((note) => ({ ...note, since: sinceOf(note.code) ?? note.since ?? now })),
    ...(movedAt !== undefined && { movedAt }),
  };
}

/** Whether two states of a migration differ in progress. */
export function hasMoved(before: Migration, after: Migration): boolean {
  return gist(before) !== gist(after);
}

/** Everything that progress changes. An observation or a wait of Godwit is no progress. */
function gist({ state, providerStatus, percent, backups, calls, cancelRequested }: Migration): string {
  return JSON.stringify([
    state,
    providerStatus,
    percent,
    cancelRequested,
    backups.map((backup) => [backup.id, backup.state, backup.attempt, backup.providerStatus]),
    calls.map((call) => (call.state === 'sending' ? 'unknown' : call.state)),
  ]);
}
