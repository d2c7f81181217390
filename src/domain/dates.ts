import type { Migration } from './migration.ts';

/**
 * The changed aggregate with the times that follow from the change: since when each reason for standing still has been there, and when
 * anything last moved. Pure; the store applies it in every write, so that no change is missed.
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

/** Whether anything went on between two states of a migration. */
export function hasMoved(before: Migration, after: Migration): boolean {
  return gist(before) !== gist(after);
}

/** All that moves when something goes on. That Godwit looks or waits is no movement. */
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
