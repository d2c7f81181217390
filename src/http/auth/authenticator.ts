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
   * Null: invalid; `explain` gets the reason for the operator's log, without any part of the credential. `presented` is null without a
   * credential. Throws the problem `overloaded` when the issuer's keys cannot be read. Returns a promise only when it has to wait.
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
