import type { Runtime } from '../../domain/runtime.ts';
import { anonymousAuthenticator } from './anonymous.ts';
import { anyOf } from './any-of.ts';
import type { Authenticator } from './authenticator.ts';
import type { JwtSettings } from './jwt.ts';
import { createStaticKeyAuthenticator, type StaticKey } from './static-keys.ts';

/** The configured ways to know a caller. */
export interface AuthenticationSettings {
  readonly keys: readonly StaticKey[];
  readonly jwt: JwtSettings | null;
}

/** Keys, signed tokens, or both; with neither the API is open to everybody. */
export async function authenticatorOf(
  settings: AuthenticationSettings,
  runtime: Pick<Runtime, 'now'> | null = null,
): Promise<Authenticator> {
  const authenticators = [
    ...(settings.keys.length > 0 ? [createStaticKeyAuthenticator(settings.keys)] : []),
    ...(settings.jwt !== null ? [(await import('./jwt.ts')).createJwtAuthenticator(settings.jwt, runtime)] : []),
  ];
  return authenticators.length === 0 ? anonymousAuthenticator : anyOf(authenticators);
}
