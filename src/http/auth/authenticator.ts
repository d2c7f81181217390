import type { Instant } from '../../domain/migration.ts';

/** The permissions of a caller. `admin` includes all. */
export const scopes = ['migrations:read', 'migrations:write', 'migrations:cutover', 'admin'] as const;
export type Scope = (typeof scopes)[number];

/** The ways to send a credential: `Authorization: Bearer` or `X-API-Key`. */
export type CredentialScheme = 'bearer' | 'api_key';

export interface PresentedCredential {
  readonly scheme: CredentialScheme;
  /** The header's value: each character is one received byte. */
  readonly value: string;
}

/** How a caller was authenticated: by a configured key, by a token, or not at all. */
export type CallerKind = 'key' | 'token' | 'anonymous';

/** A caller and its grants. */
export interface Identity {
  readonly kind: CallerKind;
  /**
   * Name of the key, or issuer and subject of the token as `<issuer>#<subject>`. Neither a key name nor an issuer contains `#`, so the name
   * identifies one caller.
   */
  readonly caller: string;
  /** The caller's name in earlier versions, if no current caller has it. Records under that name belong to this caller. */
  readonly formerCaller?: string;
  readonly scopes: readonly string[];
  /** Accounts with a grant; `*` stands for all. */
  readonly accounts: readonly string[];
  /** When the credential expires; null: never. */
  readonly expiresAt: Instant | null;
}

/** Identifies the caller of a credential. */
export interface Authenticator {
  /** The accepted schemes; empty: the API has no authentication and admits everybody. */
  readonly schemes: readonly CredentialScheme[];
  /**
   * Returns null for an invalid credential; `explain` gets the reason for the operator's log, without any part of the credential.
   * `presented` is null without a credential. Throws the problem `overloaded` if the issuer's keys cannot be fetched. Returns a promise
   * only if it has to wait.
   */
  authenticate(
    presented: PresentedCredential | null,
    explain?: (reason: string) => void,
  ): Identity | null | Promise<Identity | null>;
}

/** Whether the identity has the scope, or `admin`, which includes all. */
export function hasScope(identity: Pick<Identity, 'scopes'>, scope: Scope): boolean {
  return identity.scopes.includes(scope) || identity.scopes.includes('admin');
}
