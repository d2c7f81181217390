import { hasGrant } from '../domain/grants.ts';
import type { Webhook } from '../domain/webhook.ts';

/** The callers in the current configuration. */
export interface KnownCallers {
  readonly keys: readonly {
    readonly name: string;
    readonly scopes: readonly string[];
    readonly accounts: readonly string[];
  }[];
  /** Trusted token issuers. */
  readonly issuers: readonly string[];
}

/** Why an event of the account may no longer be sent to the webhook, as a clause; null: it may. */
export type GrantFault = (webhook: Pick<Webhook, 'caller' | 'callerKind'>, account: string) => string | null;

/**
 * Checks against the current configuration. For a token it checks only the issuer, because the configuration does not have the grants.
 * Webhooks of older versions lack the kind of their creator; then a configured key of that name counts, if there is one.
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
