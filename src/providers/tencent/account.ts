import type { Secret } from '../../domain/secret.ts';
import type { Account, Credentials } from '../../domain/vendor.ts';

/** An account of Tencent Cloud with its settings. */
export interface TencentAccount extends Account {
  readonly provider: 'tencent';
  /** UTC offset of the vendor's times, which state none, such as `+08:00`. */
  readonly timeZone: string;
  /** The hosts to call: those of the Chinese site, of the international site, or of the vendor's internal network. Default: `china`. */
  readonly site?: 'china' | 'international' | 'internal';
}

/** An API key. Temporary credentials also have a token. */
export interface TencentCredentials extends Credentials {
  readonly provider: 'tencent';
  readonly secretId: string;
  readonly secretKey: Secret;
  readonly token?: Secret;
}

/** Returns the account with the settings of this vendor. Throws for an account of another vendor. */
export function tencentAccount(account: Account): TencentAccount {
  if (account.provider !== 'tencent') throw new Error(`account ${account.name} belongs to ${account.provider}`);
  return account as TencentAccount;
}

/** Returns the credentials with the members of this vendor. Throws for credentials of another vendor. */
export function tencentCredentials(credentials: Credentials): TencentCredentials {
  if (credentials.provider !== 'tencent') throw new Error(`credentials of ${credentials.provider} given to tencent`);
  return credentials as TencentCredentials;
}
