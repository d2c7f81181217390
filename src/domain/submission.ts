import type { Migration } from './migration.ts';
import { Problem, type ProblemCode, problemCatalogue } from './problem.ts';

/** The vendor's refusal of a submission as the answer to its request; null: not refused. */
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
