import type { Instant } from '../../domain/migration.ts';

/** What a caller may do. `admin` stands for all. */
export const scopes = ['migrations:read', 'migrations:write', 'migrations:cutover', 'admin'] as const;
export type Scope = (typeof scopes)[number];

/** How a credential can be brought: `Authorization: Bearer` or `X-API-Key`. */
export type CredentialScheme = 'bearer' | 'api_key';

export interface PresentedCredential {
  readonly scheme: CredentialScheme;
  /** As the header has it: each character is one byte of what was sent. */
  readonly value: string;
}

/** How a caller is known: by a configured key, by a token, or not at all. */
export type CallerKind = 'key' | 'token' | 'anonymous';

/** Who asks, and what was granted. */
export interface Identity {
  readonly kind: CallerKind;
  /**
   * Name of the key, or issuer and subject of the token as `<issuer>#<subject>`. No name of a key holds `#` and no issuer does, so a name
   * stands for one caller only.
   */
  readonly caller: string;
  /** What earlier versions called this caller, where no other caller of today has that name: their records stay its own. */
  readonly formerCaller?: string;
  readonly scopes: readonly string[];
  /** Accounts with a grant; `*` stands for all. */
  readonly accounts: readonly string[];
  /** When the credential ends; null: not by itself. */
  readonly expiresAt: Instant | null;
}

/** Tells who a credential belongs to. */
export interface Authenticator {
  /** What it takes; empty: it lets everybody in and the API has no authentication. */
  readonly schemes: readonly CredentialScheme[];
  /**
   * Null: not valid; `explain` is told why, in words for the operator's log that repeat nothing of the credential. `presented` is null when the
   * request carries no credential. Throws `Problem` of code `overloaded` when it cannot tell now, because the issuer's keys cannot be read. A promise only
   * where something has to be waited for.
   */
  authenticate(
    presented: PresentedCredential | null,
    explain?: (reason: string) => void,
  ): Identity | null | Promise<Identity | null>;
}

/** Whether the identity has the scope. */
export function hasScope(identity: Pick<Identity, 'scopes'>, scope: Scope): boolean {
  return identity.scopes.includes(scope) || identity.scopes.includes('admin');
}
