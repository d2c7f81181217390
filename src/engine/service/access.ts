import { hasGrant } from '../../domain/grants.ts';
import type { Migration } from '../../domain/migration.ts';
import { Problem } from '../../domain/problem.ts';
import type { Account } from '../../domain/vendor.ts';
import type { ProviderId } from '../../domain/vocabulary.ts';
import type { EngineContext } from '../context.ts';
import type { RequestContext } from '../interface.ts';
import { notFound, unknownAccount } from './problems.ts';

/** The migration. Throws `not_found` if there is none, and also if the caller may not use its account, to hide its existence. */
export async function visible({ store }: EngineContext, id: string, caller: RequestContext): Promise<Migration> {
  const migration = await store.get(id);
  if (migration === null || !hasGrant(caller, migration.account)) throw notFound();
  return migration;
}

/** The account of a request, or the provider's only one. Throws `forbidden`, `unknown_account`, or `invalid_request` if it must be named. */
export function accountFor(
  { accounts }: EngineContext,
  request: { readonly provider: ProviderId; readonly account?: string | undefined },
  caller: RequestContext,
): Account {
  if (request.account !== undefined) {
    if (!hasGrant(caller, request.account))
      throw new Problem('forbidden', `The caller has no grant for the account \`${request.account}\`.`, {
        errors: [{ pointer: '/account', detail: 'The caller has no grant for this account.' }],
      });
    const account = accounts.get(request.account);
    if (account === undefined) throw unknownAccount(`No account \`${request.account}\` is configured.`);
    if (account.provider !== request.provider)
      throw unknownAccount(
        `The account \`${request.account}\` belongs to \`${account.provider}\`, not to \`${request.provider}\`.`,
      );
    return account;
  }
  const own = [...accounts.values()].filter(
    (each) => each.provider === request.provider && hasGrant(caller, each.name),
  );
  const [only] = own;
  if (only === undefined) throw unknownAccount(`No account of \`${request.provider}\` is configured for this caller.`);
  if (own.length > 1)
    throw new Problem('invalid_request', 'Name the account.', {
      errors: [
        {
          pointer: '/account',
          detail: `Several accounts of \`${request.provider}\` are configured; name one of: ${own.map((each) => each.name).join(', ')}.`,
        },
      ],
    });
  return only;
}
