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
    if (kind === 'anonymous')
      return open ? null : 'the webhook was created while the gateway did not authenticate callers';
    if (kind === 'token')
      return callerKind === undefined || issuers.some((issuer) => caller.startsWith(`${issuer}#`))
        ? null
        : 'the issuer of the creator’s token is no longer configured';
    if (key === undefined) return 'the creator’s key is no longer configured';
    if (!['migrations:read', 'admin'].some((scope) => key.scopes.includes(scope)))
      return 'the creator’s key no longer has the scope migrations:read';
    return hasGrant(key, account) ? null : 'the creator’s key no longer has a grant for this account';
  };

  function olderKind(): 'key' | 'token' | 'anonymous' {
    if (open) return 'anonymous';
    return issuers.length > 0 ? 'token' : 'key';
  }
}
