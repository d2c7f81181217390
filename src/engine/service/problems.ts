import { allowedActions } from '../../domain/lifecycle.ts';
import type { Migration } from '../../domain/migration.ts';
import { type FieldFault, Problem, type ProblemCode } from '../../domain/problem.ts';
import type { Provider } from '../../domain/provider.ts';
import type { Engine } from '../engine.ts';

/** Problems that several operations share. */

/** The problem of a refused change, with state and possible actions. `more`: further members. */
export function refusal(
  current: Migration,
  code: ProblemCode,
  detail: string,
  provider: Provider,
  more: Readonly<Record<string, unknown>> = {},
): Problem {
  const actions = allowedActions(current, provider);
  return new Problem(code, detail, { members: { migrationId: current.id, state: current.state, actions, ...more } });
}

/** The `detail` of a problem with several faults. A single fault is the detail itself. */
export function summary(faults: readonly FieldFault[]): string {
  return faults.length === 1
    ? (faults[0]?.detail ?? '')
    : `${faults.length} fields are invalid; \`errors\` names each.`;
}

/** The problem of an account that is named or implied and not available. */
export function unknownAccount(detail: string): Problem {
  return new Problem('unknown_account', detail, { errors: [{ pointer: '/account', detail }] });
}

/** The problem of a migration that does not exist or that the caller may not see. */
export function notFound(): Problem {
  return new Problem('not_found', 'No such migration exists.');
}

/** The problem of a target that another active migration occupies. `migrationId`: the id of that migration. */
export function targetBusy(migrationId: string): Problem {
  return new Problem('target_busy', `The migration ${migrationId} restores the same database onto the same instance.`, {
    members: { migrationId },
  });
}

/** Throws the problem `draining` if this process is shutting down. */
export function refuseWhileDraining(engine: Engine): void {
  if (engine.draining)
    throw new Problem('draining', 'This process is shutting down and accepts no new work.', { retryAfterSeconds: 1 });
}
