import { cleared } from '../../domain/aggregate.ts';
import { permission } from '../../domain/lifecycle.ts';
import type { Backup, Migration } from '../../domain/migration.ts';
import { Problem, type ProblemCode } from '../../domain/problem.ts';
import { expectVersion } from '../../domain/representation.ts';
import type { UpdateResult } from '../../domain/store.ts';
import type { ActionName } from '../../domain/vocabulary.ts';
import { accountOf, type EngineContext } from '../context.ts';
import type { Change, ChangeRequestContext, Replay } from '../interface.ts';
import { visible } from './access.ts';
import { notFound, refusal as refused, targetBusy } from './problems.ts';
import { settledAnswer } from './waiting-request.ts';

/** Creates the functions through which callers change an existing migration. */
export function createChanger(context: EngineContext) {
  const { store, providers } = context;

  const refusal = (
    current: Migration,
    code: ProblemCode,
    detail: string,
    more: Readonly<Record<string, unknown>> = {},
  ): Problem => refused(current, code, detail, providers.of(current.provider), more);

  /**
   * Checks access, precondition and permission, and stores the change with key, audit record and response in one transaction. `action`: null if
   * no permission is needed. `alreadySo`: whether a refused action counts as done. `added`: the backup to show in the response. Throws the
   * problem of a refusal.
   */
  async function changeIf(
    id: string,
    action: ActionName | null,
    caller: ChangeRequestContext,
    change: (current: Migration) => Migration | null,
    alreadySo: (current: Migration) => boolean = () => false,
    added?: () => Backup,
  ): Promise<UpdateResult> {
    await visible(context, id, caller);
    const { reply, audit } = caller;
    const outcomeOf = (migration: Migration) => ({ migration, ...(added && { backup: added() }) });
    const result = await store.update(
      id,
      (stored) => {
        const current = withAccountAsItIs(stored);
        expectVersion('migration', current, caller);
        const verdict = action === null ? null : permission(action, current, providers.of(current.provider));
        if (verdict !== null && !verdict.allowed) {
          if (alreadySo(current)) return null;
          throw refusal(current, verdict.code, verdict.detail);
        }
        return change(current);
      },
      {
        ...(caller.idempotency && { idempotency: caller.idempotency }),
        trace: {
          ...(audit && { audit }),
          ...(reply && { answer: (stored) => settledAnswer(reply, outcomeOf(stored)) }),
        },
      },
    );
    if (result.outcome === 'updated') reply?.kept();
    return result;
  }

  /** The migration without `account_not_configured` if its account is configured again, before the engine notices. */
  function withAccountAsItIs(current: Migration): Migration {
    return accountOf(context, current) ? cleared(current, 'account') : current;
  }

  /** The result of an update for the caller. Throws the problem of a failed one. */
  function changed(result: UpdateResult): Change | Replay {
    switch (result.outcome) {
      case 'updated':
        return { migration: result.migration, changed: true };
      case 'unchanged':
        return { migration: result.migration, changed: false };
      case 'key_exists':
        return { replay: result.record };
      case 'target_busy':
        throw targetBusy(result.migrationId);
      case 'not_found':
        throw notFound();
      default:
        throw new Problem('internal', 'The migration could not be changed.');
    }
  }

  return { refusal, changeIf, changed };
}
