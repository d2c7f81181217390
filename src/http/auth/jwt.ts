import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { Problem } from '../../domain/problem.ts';
import type { Runtime } from '../../domain/runtime.ts';
import type { Authenticator, Identity } from './authenticator.ts';

export interface JwtSettings {
  readonly issuer: string;
  readonly audience: string;
  /** Where the issuer publishes its keys; `https`, or `http` on loopback. */
  readonly jwksUri: string;
  /** Tolerance for clocks that differ, in seconds; default 30. */
  readonly clockToleranceSeconds?: number;
  /** The claim with the scopes, a list or a string separated by spaces; default: `scope` and `scp` together. */
  readonly scopesClaim?: string;
  /** The claim with the account grants, a list or a string separated by spaces; default `accounts`. */
  readonly accountsClaim?: string;
  /** Grants of a token without that claim; default: none. */
  readonly defaultAccounts?: readonly string[];
}

/** Signatures with a public key only: a shared secret could be forged by whoever checks. */
const algorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

/** Keys of an issuer, fetched when needed: kept 10 minutes, read again for an unknown key at most every 30 seconds. */
export function remoteKeys(jwksUri: string): JWTVerifyGetKey {
  return createRemoteJWKSet(new URL(jwksUri), {
    cacheMaxAge: 600_000,
    cooldownDuration: 30_000,
    timeoutDuration: 5_000,
  });
}

/** Knows callers by signed tokens. The caller is the token's subject. */
export function createJwtAuthenticator(
  settings: JwtSettings,
  runtime: Pick<Runtime, 'now'> | null,
  keys: JWTVerifyGetKey = remoteKeys(settings.jwksUri),
): Authenticator {
  return {
    schemes: ['bearer'],
    authenticate: async (presented) => {
      if (presented?.scheme !== 'bearer') return null;
      try {
        const { payload } = await jwtVerify(presented.value, keys, {
          issuer: settings.issuer,
          audience: settings.audience,
          algorithms,
          clockTolerance: settings.clockToleranceSeconds ?? 30,
          requiredClaims: ['sub', 'exp'],
          ...(runtime && { currentDate: new Date(runtime.now()) }),
        });
        return identityOf(payload, settings);
      } catch (error) {
        if (isKeySetOutage(error))
          throw new Problem('overloaded', 'The keys of the token’s issuer cannot be read now.', {
            retryAfterSeconds: 5,
          });
        return null;
      }
    },
  };
}

/** The keys could not be fetched, which says nothing about the token. All verdicts about a token have codes of their own. */
function isKeySetOutage(error: unknown): boolean {
  if (!(error instanceof errors.JOSEError)) return true;
  return (
    error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid || error.code === 'ERR_JOSE_GENERIC'
  );
}

function identityOf(payload: JWTPayload, settings: JwtSettings): Identity | null {
  if (typeof payload.sub !== 'string' || payload.sub === '') return null;
  const accounts = payload[settings.accountsClaim ?? 'accounts'];
  return {
    caller: payload.sub,
    scopes: settings.scopesClaim
      ? words(payload[settings.scopesClaim])
      : [...words(payload.scope), ...words(payload.scp)],
    accounts: accounts === undefined ? (settings.defaultAccounts ?? []) : words(accounts),
  };
}

/** A claim that is a list of texts or one text with spaces. */
function words(claim: unknown): readonly string[] {
  if (typeof claim === 'string') return claim.split(' ').filter((word) => word !== '');
  return Array.isArray(claim) ? claim.filter((word) => typeof word === 'string') : [];
}
