import type { Backup, Call, Migration } from './migration.ts';

/**
 * Completes a changed aggregate with the times that follow from the change: `since` of each reason and `movedAt`. Pure. The store applies it
 * in every write.
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

/** Whether a migration made progress between two versions. Observing and waiting are no progress. */
export function hasMoved(before: Migration, after: Migration): boolean {
  return (
    before.state !== after.state ||
    before.providerStatus !== after.providerStatus ||
    before.percent !== after.percent ||
    before.cancelRequested !== after.cancelRequested ||
    differ(before.backups, after.backups, gistOfBackup) ||
    differ(before.calls, after.calls, gistOfCall)
  );
}

/** Whether two lists differ in the gist of a part. Identical objects are equal without comparing their gists. */
function differ<Part>(before: readonly Part[], after: readonly Part[], gist: (part: Part) => string): boolean {
  if (before.length !== after.length) return true;
  return after.some((part, index) => {
    const earlier = before[index];
    return part !== earlier && (earlier === undefined || gist(part) !== gist(earlier));
  });
}

function gistOfBackup({ id, state, attempt, providerStatus }: Backup): string {
  return JSON.stringify([id, state, attempt, providerStatus]);
}

function gistOfCall({ state }: Call): string {
  return state === 'sending' ? 'unknown' : state;
}
