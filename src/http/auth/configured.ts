import type { JWTVerifyGetKey } from 'jose';
import type { JwtSettings, StaticKey } from '../../domain/authentication.ts';
import type { Runtime } from '../../domain/runtime.ts';
import { anonymousAuthenticator } from './anonymous.ts';
import { anyOf } from './any-of.ts';
import type { Authenticator } from './authenticator.ts';
import { createStaticKeyAuthenticator } from './static-keys.ts';

/** The configured authentication. */
export interface AuthenticationSettings {
  readonly keys: readonly StaticKey[];
  /** The trusted token issuers. */
  readonly issuers: readonly JwtSettings[];
}

/**
 * Authenticates by keys, signed tokens or both; with neither the API is open to everybody. Throws `TypeError` for a malformed key digest.
 */
export async function authenticatorOf(
  settings: AuthenticationSettings,
  runtime: Pick<Runtime, 'now' | 'monotonic'>,
  fetchThrough: typeof fetch = fetch,
  keySets: KeySets = new Map(),
): Promise<Authenticator> {
  const { keys, issuers } = settings;
  const authenticators = [
    ...(keys.length > 0 ? [createStaticKeyAuthenticator(keys)] : []),
    ...(issuers.length > 0 ? await tokenAuthenticators(settings, runtime, fetchThrough, keySets) : []),
  ];
  return authenticators.length === 0 ? anonymousAuthenticator : anyOf(authenticators);
}

/** An authenticator whose settings can be replaced at run time. */
export interface ChangeableAuthenticator extends Authenticator {
  change(settings: AuthenticationSettings): Promise<void>;
}

/** As `authenticatorOf`. An issuer's fetched keys are kept while the URL of its key set is unchanged. */
export async function changeableAuthenticator(
  settings: AuthenticationSettings,
  runtime: Pick<Runtime, 'now' | 'monotonic'>,
  fetchThrough: typeof fetch = fetch,
): Promise<ChangeableAuthenticator> {
  const keySets: KeySets = new Map();
  let present = await authenticatorOf(settings, runtime, fetchThrough, keySets);
  return {
    get schemes() {
      return present.schemes;
    },
    authenticate: (presented, explain) => present.authenticate(presented, explain),
    async change(next) {
      present = await authenticatorOf(next, runtime, fetchThrough, keySets);
      const wanted = new Set(next.issuers.map(({ jwksUri }) => jwksUri));
      for (const jwksUri of keySets.keys()) if (!wanted.has(jwksUri)) keySets.delete(jwksUri);
    },
  };
}

/** Key sets by URL. */
type KeySets = Map<string, JWTVerifyGetKey>;

/**
 * Earlier versions had one issuer and used subjects alone as names. Their records belong to the first issuer, unless a key has that name.
 */
async function tokenAuthenticators(
  { keys, issuers }: AuthenticationSettings,
  runtime: Pick<Runtime, 'now' | 'monotonic'>,
  fetchThrough: typeof fetch,
  keySets: KeySets,
): Promise<readonly Authenticator[]> {
  const [{ createJwtAuthenticator }, { issuerKeys, readKeySet }] = await Promise.all([
    import('./jwt.ts'),
    import('./issuer-keys.ts'),
  ]);
  const names = new Set(keys.map(({ name }) => name));
  const keysOf = (jwksUri: string): JWTVerifyGetKey => {
    const known = keySets.get(jwksUri) ?? issuerKeys(readKeySet(jwksUri, fetchThrough), () => runtime.monotonic());
    keySets.set(jwksUri, known);
    return known;
  };
  return issuers.map((issuer, index) =>
    createJwtAuthenticator(issuer, runtime, keysOf(issuer.jwksUri), (subject) => index === 0 && !names.has(subject)),
  );
}
