/** What a caller may do. `admin` stands for all. */
export const scopes = ['migrations:read', 'migrations:write', 'migrations:cutover', 'admin'] as const;
export type Scope = (typeof scopes)[number];

/** How a credential can be brought: `Authorization: Bearer` or `X-API-Key`. */
export type CredentialScheme = 'bearer' | 'api_key';

export interface PresentedCredential {
  readonly scheme: CredentialScheme;
  readonly value: string;
}

/** Who asks, and what was granted. */
export interface Identity {
  /** Name of the key, or subject of the token. */
  readonly caller: string;
  readonly scopes: readonly string[];
  /** Accounts with a grant; `*` stands for all. */
  readonly accounts: readonly string[];
}

/** Tells who a credential belongs to. */
export interface Authenticator {
  /** What it takes; empty: it lets everybody in and the API has no authentication. */
  readonly schemes: readonly CredentialScheme[];
  /**
   * Null: not valid. `presented` is null when the request carries no credential. Throws `Problem` of code `overloaded` when it
   * cannot tell now, because the issuer's keys cannot be read.
   */
  authenticate(presented: PresentedCredential | null): Promise<Identity | null>;
}

/** Whether the identity has the scope. */
export function hasScope(identity: Identity, scope: Scope): boolean {
  return identity.scopes.includes(scope) || identity.scopes.includes('admin');
}
