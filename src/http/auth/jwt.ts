import {
  decodeJwt,
  errors,
  type FlattenedJWSInput,
  type JWSHeaderParameters,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose';
import type { JwtSettings } from '../../domain/authentication.ts';
import { Problem } from '../../domain/problem.ts';
import type { Runtime } from '../../domain/runtime.ts';
import type { Authenticator, Identity } from './authenticator.ts';
import { issuerKeys, readKeySet } from './issuer-keys.ts';

/** Public-key signatures only: whoever can verify a shared-secret signature can also forge it. */
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
/** Maximum number of candidate keys for one token, so that forged tokens cause little work. */
const maxKeys = 8;
/** Accepted `typ` values of an access token, in lower case without `application/`. */
const accessTokenType = 'at+jwt';
const unspecificType = 'jwt';

/**
 * Authenticates callers by signed tokens. `ownsSubject`: whether the records of earlier versions under this subject alone belong to this
 * issuer's caller.
 */
export function createJwtAuthenticator(
  settings: JwtSettings,
  runtime: Pick<Runtime, 'now' | 'monotonic'>,
  keys: JWTVerifyGetKey = issuerKeys(readKeySet(settings.jwksUri), () => runtime.monotonic()),
  ownsSubject: (subject: string) => boolean = () => true,
): Authenticator {
  return {
    schemes: ['bearer'],
    authenticate: async (presented, explain) => {
      if (presented?.scheme !== 'bearer') return null;
      try {
        // A token of another issuer must not trigger a fetch of this issuer's keys.
        if (decodeJwt(presented.value).iss !== settings.issuer) {
          explain?.(`the token is not one of ${settings.issuer}`);
          return null;
        }
        const { payload, protectedHeader } = await verified(presented.value, keys, {
          issuer: settings.issuer,
          audience: settings.audience,
          algorithms,
          clockTolerance: settings.clockToleranceSeconds ?? 30,
          requiredClaims: ['sub', 'exp'],
          currentDate: new Date(runtime.now()),
        });
        const fault = useFault(protectedHeader.typ, payload, settings.tokenType ?? 'any') ?? subjectFault(payload);
        if (fault === null) return identityOf(payload, settings, ownsSubject);
        explain?.(fault);
        return null;
      } catch (error) {
        if (error instanceof Problem) throw error;
        explain?.(reasonOf(error));
        return null;
      }
    },
  };
}

/** Verifies with each matching key: a set may have several keys without `kid`, or with the same one during a rotation. */
async function verified(token: string, keys: JWTVerifyGetKey, options: Parameters<typeof jwtVerify>[2]) {
  try {
    return await jwtVerify(token, keys, options);
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    let tried = 0;
    for await (const key of error) {
      if (++tried > maxKeys) break;
      try {
        return await jwtVerify(
          token,
          async (_header?: JWSHeaderParameters, _token?: FlattenedJWSInput) => key,
          options,
        );
      } catch (each) {
        if (!(each instanceof errors.JWSSignatureVerificationFailed)) throw each;
      }
    }
    throw new errors.JWSSignatureVerificationFailed();
  }
}

/** Why a validly signed token is not an access token for this API (RFC 8725, 3.11 and 3.12; RFC 9068, 4); null if it is. */
function useFault(typ: unknown, claims: JWTPayload, wanted: 'at+jwt' | 'any'): string | null {
  const type = typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : null;
  if (type !== accessTokenType) {
    if (wanted === 'at+jwt') return 'the token’s `typ` is not `at+jwt`';
    if (type !== null && type !== unspecificType) return 'the token’s `typ` is not that of an access token';
    // Claims of ID tokens, refresh tokens and security events that no access token has.
    if (claims.at_hash !== undefined || claims.c_hash !== undefined || claims.nonce !== undefined)
      return 'the token is an ID token';
    if (claims.token_use !== undefined && claims.token_use !== 'access') return 'the token is no access token';
    if (typeof claims.typ === 'string' && ['id', 'refresh', 'offline', 'logout'].includes(claims.typ.toLowerCase()))
      return 'the token is no access token';
  }
  if (claims.events !== undefined) return 'the token describes an event';
  if (claims.cnf !== undefined) return 'the token is bound to a key of its sender (`cnf`), which is not checked here';
  return null;
}

function subjectFault({ sub }: JWTPayload): string | null {
  return typeof sub === 'string' && sub !== '' ? null : 'the token has no subject';
}

/** The reason for the log, from error codes and claim names only: the library's messages could contain parts of a token. */
function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'the token has expired';
  if (error instanceof errors.JWTClaimValidationFailed) return `the claim \`${error.claim}\` does not fit`;
  if (error instanceof errors.JOSEError) return `the token is not valid (${error.code})`;
  return 'the token is not valid';
}

function identityOf(
  payload: JWTPayload,
  settings: JwtSettings,
  ownsSubject: (subject: string) => boolean,
): Identity | null {
  const { sub = '', exp = 0 } = payload;
  const accounts = claimOf(payload, settings.accountsClaim ?? 'accounts');
  return {
    kind: 'token',
    caller: `${settings.issuer}#${sub}`,
    ...(ownsSubject(sub) && { formerCaller: sub }),
    scopes: settings.scopesClaim
      ? words(claimOf(payload, settings.scopesClaim))
      : [...words(payload.scope), ...words(payload.scp)],
    accounts: accounts === undefined ? (settings.defaultAccounts ?? []) : words(accounts),
    expiresAt: exp * 1000,
  };
}

/** The claim of that name; without one, `a.b` is the member `b` of the claim `a`, as in `realm_access.roles`. */
function claimOf(claims: JWTPayload, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  let value: unknown = claims;
  for (const part of name.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[part];
  }
  return value;
}

/** A claim that is a list of texts or a single space-separated text. */
function words(claim: unknown): readonly string[] {
  if (typeof claim === 'string') return claim.split(' ').filter((word) => word !== '');
  return Array.isArray(claim) ? claim.filter((word) => typeof word === 'string') : [];
}
