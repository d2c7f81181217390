import { adoptedMigration, refNameFaults } from '../../domain/adoption.ts';
import type { CreationContext } from '../../domain/creation.ts';
import type { AdoptableTask, AdoptionRefusal } from '../../domain/foreign-tasks.ts';
import { unsettledCall } from '../../domain/lifecycle.ts';
import type { Instant, Migration, Refs } from '../../domain/migration.ts';
import { applyObservation } from '../../domain/observation.ts';
import { Problem } from '../../domain/problem.ts';
import type { MigrationRequest } from '../../domain/request-schema.ts';
import type { Account, Dialogue } from '../../domain/vendor.ts';
import type { Mode } from '../../domain/vocabulary.ts';
import { accountOf, changeContext, type EngineContext, missingAccountDetail, openerOf } from '../context.ts';
import { observeInOwnTime } from '../observe.ts';
import { askInVendorTime, orProblem } from '../vendor-reads.ts';
import { summary } from './problems.ts';

/**
 * Checks the vendor ids that an operator names for an in-doubt call, with one dialogue. Throws `provider_conflict` if another migration or
 * backup has them, or if their task restores something else; throws the vendor's failure as a problem.
 */
export async function refuseForeignRefs(context: EngineContext, migration: Migration, adopt: Refs): Promise<void> {
  const recorded = unsettledCall(migration);
  if (recorded === undefined) return;
  const account = accountOf(context, migration);
  if (account === undefined) throw new Problem('invalid_state', missingAccountDetail(context, migration));
  const backup = migration.backups.find(({ id }) => id === recorded.backupId) ?? null;
  const call = context.providers
    .of(migration.provider)
    .plan(recorded.step, migration, backup)
    .find(({ operation }) => operation === recorded.operation);
  if (call === undefined) return;

  const foreign = await context.store.vendorIds(migration);
  const elsewhere = new Set(
    migration.backups
      .filter(({ id }) => id !== recorded.backupId)
      .flatMap(({ providerRefs }) =>
        Object.entries(providerRefs).flatMap(([name, id]) =>
          call.refs.required.includes(name) && migration.providerRefs[name] !== id ? [id] : [],
        ),
      ),
  );
  refuseTaken(migration, adopt, call.refs.required, foreign);
  for (const name of call.refs.required) {
    const id = adopt[name];
    if (id === undefined) continue;
    if (elsewhere.has(id)) throw conflict(migration, `\`${name}\` ${id} belongs to another backup of this migration.`);
  }
  const objection = await orProblem(
    context.client.converse(
      account,
      migration.region,
      call.objection({ account, migration, backup, open: openerOf(context, backup) }, adopt),
    ),
  );
  if (objection !== null) throw conflict(migration, objection);
}

/** Throws `provider_conflict` if an id belongs or belonged to a migration of this gateway. */
function refuseTaken(
  migration: Pick<Migration, 'id'> | null,
  adopt: Refs,
  names: readonly string[],
  taken: ReadonlySet<string>,
): void {
  for (const name of names) {
    const id = adopt[name];
    if (id !== undefined && taken.has(id))
      throw conflict(
        migration,
        `\`${name}\` ${id} belongs to another migration, or to one that was deleted.`,
        `/adopt/${name}`,
      );
  }
}

function conflict(migration: Pick<Migration, 'id'> | null, detail: string, pointer?: string): Problem {
  const words = `${detail} It cannot be adopted.`;
  return new Problem('provider_conflict', words, {
    ...(migration !== null && { members: { migrationId: migration.id } }),
    ...(pointer !== undefined && { errors: [{ pointer, detail: words }] }),
    retryable: false,
  });
}

/**
 * The migration that adopts a vendor's task in its present state. `draft`: the migration as requested. Reads from the vendor and sends
 * nothing. Throws `provider_conflict` for a task that differs from the request or belongs to Godwit already, `unsupported_by_provider` if the
 * vendor does not show enough, or the vendor's failure as a problem.
 */
export async function takeOver(
  context: EngineContext,
  account: Account,
  draft: Migration,
  { adopt = {}, mode = null }: Pick<MigrationRequest, 'adopt'> & { readonly mode?: Mode | null | undefined },
  creation: CreationContext,
): Promise<Migration> {
  const provider = context.providers.of(draft.provider);
  const { foreign } = provider;
  if (foreign === null)
    throw undetermined(`${provider.capabilities.title} does not show the tasks of an instance.`, '/adopt');
  const faults = refNameFaults(adopt, foreign.refs);
  if (faults.length > 0) throw new Problem('invalid_request', summary(faults), { errors: faults });
  const taken = await context.store.vendorIds(draft);
  refuseTaken(null, adopt, foreign.refs.required, taken);
  const order = { refs: adopt, draft, mode, taken };
  const tasks = foreign;

  function* dialogue(offset: number): Dialogue<Migration | AdoptionRefusal> {
    const now = context.runtime.now();
    const told = yield* tasks.read(order, account, now + offset);
    if ('refused' in told) return told;
    const adopted = adoptedMigration(draft, inOwnTime(told, offset), provider, creation);
    const observations = yield* observeInOwnTime(provider, [adopted], account, now, offset);
    const observation = observations.get(adopted.id);
    const group = provider.observationGroup(adopted);
    return observation === undefined
      ? adopted
      : applyObservation(adopted, observation, { ...changeContext(context, adopted), group });
  }
  const result = await askInVendorTime(context, account, draft.region, dialogue);
  if (!('refused' in result)) return result;
  throw result.refused === 'differs'
    ? conflict(null, result.detail, result.pointer)
    : undetermined(result.detail, result.pointer);
}

/** The problem of an adoption whose ids another request has taken meanwhile. */
export function adoptedMeanwhile({ providerRefs }: Pick<Migration, 'providerRefs'>): Problem {
  const ids = Object.entries(providerRefs).map(([name, id]) => `\`${name}\` ${id}`);
  return conflict(null, `${ids.join(', ')} now belongs to another migration.`, '/adopt');
}

function undetermined(detail: string, pointer: string): Problem {
  const words = `${detail} It cannot be adopted.`;
  return new Problem('unsupported_by_provider', words, { errors: [{ pointer, detail: words }] });
}

/** The task with its times converted to this process's clock. `offset`: the vendor's clock minus it, in milliseconds. */
function inOwnTime(task: AdoptableTask, offset: number): AdoptableTask {
  const own = (instant: Instant | null) => (instant === null ? null : instant - offset);
  const [full, ...increments] = task.backups.map((each) => ({
    ...each,
    createdAt: own(each.createdAt),
    finishedAt: own(each.finishedAt),
  }));
  return full === undefined ? task : { ...task, backups: [full, ...increments] };
}
