import { hasGrant } from '../domain/grants.ts';
import type { Webhook } from '../domain/webhook.ts';

/** The callers that the current configuration admits. */
export interface KnownCallers {
  readonly keys: readonly {
    readonly name: string;
    readonly scopes: readonly string[];
    readonly accounts: readonly string[];
  }[];
  /** The trusted token issuers. */
  readonly issuers: readonly string[];
}

/** Why an event of the account may no longer be sent to that webhook; null if it may. */
export type GrantFault = (webhook: Pick<Webhook, 'caller' | 'callerKind'>, account: string) => string | null;

/**
 * Checks the current configuration. A token's grants end with the token, and only its issuer knows them. Webhooks of older versions do not
 * record how their creator was authenticated; a key of the same name decides if there is one.
 */
export function presentGrants({ keys, issuers }: KnownCallers): GrantFault {
  const byName = new Map(keys.map((key) => [key.name, key]));
  const open = keys.length === 0 && issuers.length === 0;
  return ({ caller, callerKind }, account) => {
    const key = byName.get(caller);
    const kind = callerKind ?? (key === undefined ? olderKind() : 'key');
    if (kind === 'anonymous') return open ? null : 'it was made while the gateway asked nobody who he is';
    if (kind === 'token')
      return callerKind === undefined || issuers.some((issuer) => caller.startsWith(`${issuer}#`))
        ? null
        : 'the issuer of its maker’s token is not configured any more';
    if (key === undefined) return 'the key that made it is not configured any more';
    if (!['migrations:read', 'admin'].some((scope) => key.scopes.includes(scope)))
      return 'the key that made it may not read migrations any more';
    return hasGrant(key, account) ? null : 'the key that made it has no grant for this account any more';
  };

  function olderKind(): 'key' | 'token' | 'anonymous' {
    if (open) return 'anonymous';
    return issuers.length > 0 ? 'token' : 'key';
  }
}
