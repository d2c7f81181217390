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
): Promise<Authenticator> {
  const { keys, issuers } = settings;
  const authenticators = [
    ...(keys.length > 0 ? [createStaticKeyAuthenticator(keys)] : []),
    ...(issuers.length > 0 ? await tokenAuthenticators(settings, runtime, fetchThrough) : []),
  ];
  return authenticators.length === 0 ? anonymousAuthenticator : anyOf(authenticators);
}

/** There was one issuer when subjects alone were names: what it left behind belongs to the first one, unless a key has that name. */
async function tokenAuthenticators(
  { keys, issuers }: AuthenticationSettings,
  runtime: Pick<Runtime, 'now' | 'monotonic'>,
  fetchThrough: typeof fetch,
): Promise<readonly Authenticator[]> {
  const [{ createJwtAuthenticator }, { issuerKeys, readKeySet }] = await Promise.all([
    import('./jwt.ts'),
    import('./issuer-keys.ts'),
  ]);
  const names = new Set(keys.map(({ name }) => name));
  return issuers.map((issuer, index) =>
    createJwtAuthenticator(
      issuer,
      runtime,
      issuerKeys(readKeySet(issuer.jwksUri, fetchThrough), () => runtime.monotonic()),
      (subject) => index === 0 && !names.has(subject),
    ),
  );
}
