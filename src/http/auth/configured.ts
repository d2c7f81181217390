import type { JWTVerifyGetKey } from 'jose';
import type { JwtSettings, StaticKey } from '../../domain/authentication.ts';
import type { Runtime } from '../../domain/runtime.ts';
import { anonymousAuthenticator } from './anonymous.ts';
import { anyOf } from './any-of.ts';
import type { Authenticator } from './authenticator.ts';
import { createStaticKeyAuthenticator } from './static-keys.ts';

/** The configured ways to know a caller. */
export interface AuthenticationSettings {
  readonly keys: readonly StaticKey[];
  /** The issuers whose tokens are taken. */
  readonly issuers: readonly JwtSettings[];
}

/** Keys, signed tokens, or both; with neither the API is open to everybody. */
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

/** An authenticator that can be given other settings while it is asked. */
export interface ChangeableAuthenticator extends Authenticator {
  change(settings: AuthenticationSettings): Promise<void>;
}

/** As `authenticatorOf`. Keys that were read of an issuer stay while its key set has the same address. */
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

/** Key sets by their address. */
type KeySets = Map<string, JWTVerifyGetKey>;

/** There was one issuer when subjects alone were names: what it left behind belongs to the first one, unless a key has that name. */
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
