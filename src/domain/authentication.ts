/** An issuer whose tokens are taken. */
export interface JwtSettings {
  /** Holds no `#`. */
  readonly issuer: string;
  readonly audience: string;
  /** Where the issuer publishes its keys; `https`, or `http` on loopback. */
  readonly jwksUri: string;
  /** `at+jwt`: only tokens that say of themselves that they are access tokens (RFC 9068). Default `any`: those that say nothing, too. */
  readonly tokenType?: 'at+jwt' | 'any';
  /** Tolerance for clocks that differ, in seconds; default 30. */
  readonly clockToleranceSeconds?: number;
  /** The claim with the scopes, a list or a string separated by spaces; default: `scope` and `scp` together. `a.b` is the member `b` of the claim `a`. */
  readonly scopesClaim?: string;
  /** The claim with the account grants, in the same forms; default `accounts`. */
  readonly accountsClaim?: string;
  /** Grants of a token without that claim; default: none. */
  readonly defaultAccounts?: readonly string[];
}

/** A configured API key: only its digest is known. */
export interface StaticKey {
  readonly name: string;
  /** Hex SHA-256 of the key's UTF-8 bytes. */
  readonly sha256: string;
  readonly scopes: readonly string[];
  /** Accounts with a grant; `*` stands for all. */
  readonly accounts: readonly string[];
}
