import type { Migration } from './migration.ts';
import { Problem, type ProblemCode, problemCatalogue } from './problem.ts';

/** The problem that answers the request whose submission the vendor refused; null: it was not refused. */
export function submissionRefusal(migration: Migration): Problem | null {
  if (migration.state !== 'failed' || migration.startedAt !== null) return null;
  const { error } = migration;
  const code = error !== null && error.code in problemCatalogue ? (error.code as ProblemCode) : 'provider_rejected';
  return new Problem(code, error?.detail ?? '', {
    members: { migrationId: migration.id },
    ...(error?.provider && { provider: error.provider }),
    retryable: error?.retryable ?? false,
  });
}
