import type { JwtSettings, StaticKey } from '../domain/authentication.ts';
import { closestName } from '../domain/spelling.ts';
import { checkEndpoint } from './addresses.ts';
import type { Config } from './config.ts';
import { type ConfigFile, type JwtIssuer, listOf } from './schema.ts';

/** The name of all callers if authentication is off. */
const anonymous = 'anonymous';

/** Whether the API requires authentication. */
export function hasAuthentication({ auth }: ConfigFile): boolean {
  return listOf(auth?.keys).length > 0 || auth?.jwt !== undefined;
}

/** Checks the `auth` section and adds its faults. `accounts`: account names in the file. */
export function checkAuth(given: ConfigFile, accounts: readonly string[], faults: string[]): void {
  const keys = listOf<Partial<StaticKey> | null>(given.auth?.keys);
  const names = new Set<unknown>();
  for (const [index, key] of keys.entries()) {
    if (typeof key !== 'object' || key === null) continue;
    const at = `auth.keys[${index}]`;
    if (names.has(key.name)) faults.push(`${at}.name: \`${key.name}\` is used twice`);
    names.add(key.name);
    if (key.name === anonymous)
      faults.push(`${at}.name: \`${anonymous}\` is reserved for callers without authentication`);
    for (const [place, account] of listOf<unknown>(key.accounts).entries())
      if (typeof account === 'string' && account !== '*' && !accounts.includes(account))
        faults.push(`${at}.accounts[${place}]: ${unknownAccount(account, accounts)}`);
  }
  const issuers = issuersOf(given.auth?.jwt);
  for (const [index, issuer] of issuers.entries()) {
    const at = Array.isArray(given.auth?.jwt) ? `auth.jwt[${index}]` : 'auth.jwt';
    const { jwksUri, issuer: name } = (issuer ?? {}) as Partial<JwtIssuer>;
    if (typeof jwksUri === 'string') checkEndpoint(`${at}.jwksUri`, jwksUri, true, faults);
    if (issuers.findIndex((each) => each?.issuer === name) < index) faults.push(`${at}.issuer: is used twice`);
  }
}

function unknownAccount(account: string, accounts: readonly string[]): string {
  const meant = closestName(account, accounts);
  return `no account has this name${meant === null ? '' : `; did you mean \`${meant}\`?`}`;
}

/** Returns the `auth` section with defaults. */
export function authSettings({ auth }: ConfigFile): Config['auth'] {
  return {
    keys: (auth?.keys ?? []).map((key) => ({ ...key, sha256: key.sha256.toLowerCase() })),
    issuers: issuersOf(auth?.jwt).map(
      (issuer): JwtSettings => ({
        // A list of issuers is the newer form and has the stricter default.
        tokenType: Array.isArray(auth?.jwt) ? 'at+jwt' : 'any',
        ...issuer,
      }),
    ),
    publicDocs: auth?.publicDocs ?? true,
    publicMetrics: auth?.publicMetrics ?? false,
  };
}

function issuersOf(jwt: NonNullable<ConfigFile['auth']>['jwt']): readonly JwtIssuer[] {
  if (jwt === undefined) return [];
  return Array.isArray(jwt) ? jwt : [jwt as JwtIssuer];
}
