import { allowedActions } from '../../domain/lifecycle.ts';
import type { Migration } from '../../domain/migration.ts';
import { type FieldFault, Problem, type ProblemCode } from '../../domain/problem.ts';
import type { Provider } from '../../domain/provider.ts';
import type { Engine } from '../engine.ts';

/** The refusals that several operations share. */

/** The refusal of a change, with what is possible instead. `more`: further members of the problem. */
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

/** The `detail` over a list of faults: the fault itself where there is one. */
export function summary(faults: readonly FieldFault[]): string {
  return faults.length === 1
    ? (faults[0]?.detail ?? '')
    : `${faults.length} fields are at fault; \`errors\` names each.`;
}

/** The account that was named, or that would be meant, is not to be had. `detail` says why. */
export function unknownAccount(detail: string): Problem {
  return new Problem('unknown_account', detail, { errors: [{ pointer: '/account', detail }] });
}

/** There is no such migration, or the caller may not know of it. */
export function notFound(): Problem {
  return new Problem('not_found', 'There is no such migration.');
}

/** `migrationId`: the active migration that has the target. */
export function targetBusy(migrationId: string): Problem {
  return new Problem('target_busy', `The migration ${migrationId} restores the same database onto the same instance.`, {
    members: { migrationId },
  });
}

/** Throws `draining` where this process takes no new work. */
export function refuseWhileDraining(engine: Engine): void {
  if (engine.draining)
    throw new Problem('draining', 'This process is shutting down and takes no new work.', { retryAfterSeconds: 1 });
}
