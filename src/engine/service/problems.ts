import { allowedActions } from '../../domain/lifecycle.ts';
import type { Migration } from '../../domain/migration.ts';
import { type FieldFault, Problem, type ProblemCode } from '../../domain/problem.ts';
import type { Provider } from '../../domain/provider.ts';
import type { Engine } from '../engine.ts';

/** The rejections that several operations share. */

/** The rejection of a change, with the possible actions. `more`: additional members of the problem. */
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

/** The `detail` for a list of faults: the fault itself if there is only one. */
export function summary(faults: readonly FieldFault[]): string {
  return faults.length === 1
    ? (faults[0]?.detail ?? '')
    : `${faults.length} fields are at fault; \`errors\` names each.`;
}

/** The named or implied account is unavailable. `detail` says why. */
export function unknownAccount(detail: string): Problem {
  return new Problem('unknown_account', detail, { errors: [{ pointer: '/account', detail }] });
}

/** There is no such migration, or the caller may not see it. */
export function notFound(): Problem {
  return new Problem('not_found', 'There is no such migration.');
}

/** `migrationId`: the active migration that holds the target. */
export function targetBusy(migrationId: string): Problem {
  return new Problem('target_busy', `The migration ${migrationId} restores the same database onto the same instance.`, {
    members: { migrationId },
  });
}

/** Throws `draining` if this process accepts no new work. */
export function refuseWhileDraining(engine: Engine): void {
  if (engine.draining)
    throw new Problem('draining', 'This process is shutting down and takes no new work.', { retryAfterSeconds: 1 });
}
