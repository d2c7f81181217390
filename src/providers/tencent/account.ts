import type { Secret } from '../../domain/secret.ts';
import type { Account, Credentials } from '../../domain/vendor.ts';

export interface TencentAccount extends Account {
  readonly provider: 'tencent';
  /** Offset of the vendor's zone-less times, such as `+08:00`. */
  readonly timeZone: string;
  /** The site whose hosts are called: the Chinese one, the international one, or the one within the vendor's network; default `china`. */
  readonly site?: 'china' | 'international' | 'internal';
}

/** An API key, with the token of temporary ones. */
export interface TencentCredentials extends Credentials {
  readonly provider: 'tencent';
  readonly secretId: string;
  readonly secretKey: Secret;
  readonly token?: Secret;
}

/** The account with this vendor's settings. Throws for another vendor's account. */
export function tencentAccount(account: Account): TencentAccount {
  if (account.provider !== 'tencent') throw new Error(`account ${account.name} belongs to ${account.provider}`);
  return account as TencentAccount;
}

/** The credentials with this vendor's members. Throws for another vendor's credentials. */
export function tencentCredentials(credentials: Credentials): TencentCredentials {
  if (credentials.provider !== 'tencent') throw new Error(`credentials of ${credentials.provider} given to tencent`);
  return credentials as TencentCredentials;
}
