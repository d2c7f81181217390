/** A trusted issuer of access tokens. */
export interface JwtSettings {
  /** Does not contain `#`, which separates issuer and subject in a caller's name. */
  readonly issuer: string;
  readonly audience: string;
  /** URL of the issuer's key set (JWKS): `https`, or `http` on loopback. */
  readonly jwksUri: string;
  /** Accepted `typ` header. `at+jwt`: access tokens only (RFC 9068). `any` (default): also tokens without a type or with `JWT`. */
  readonly tokenType?: 'at+jwt' | 'any';
  /** Tolerated clock difference in seconds; default 30. */
  readonly clockToleranceSeconds?: number;
  /**
   * Claim with the scopes: a list, or a string separated by spaces. `a.b` is the member `b` of the claim `a`. Default: `scope` and `scp`
   * combined.
   */
  readonly scopesClaim?: string;
  /** Claim with the account grants, in the same forms; default `accounts`. */
  readonly accountsClaim?: string;
  /** Account grants of a token without that claim; default: none. */
  readonly defaultAccounts?: readonly string[];
}

/** A configured API key. Only its digest is known. */
export interface StaticKey {
  readonly name: string;
  /** Hex SHA-256 of the key's UTF-8 bytes. */
  readonly sha256: string;
  readonly scopes: readonly string[];
  /** Accounts that the key may use; `*` means all. */
  readonly accounts: readonly string[];
}
