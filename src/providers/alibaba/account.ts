import type { Secret } from '../../domain/secret.ts';
import type { Account, Credentials } from '../../domain/vendor.ts';

export interface AlibabaAccount extends Account {
  readonly provider: 'alibaba';
  /** `rpc`: SignatureVersion 1.0; `acs3`: V3. */
  readonly signature: 'rpc' | 'acs3';
  /** How the base of a chain is submitted: as the guides say, or as `FULL` with `IsOnlineDB` `False`. */
  readonly chainBase: 'updf' | 'full';
  /** Whether the joined URLs are encoded once more as the value of their parameter (`value`), or sent as they are (`none`); default `value`. */
  readonly ossUrlsEncoding?: 'value' | 'none';
  /** The hosts that are called: the public ones, or those that only a VPC of the region reaches; default `public`. */
  readonly site?: 'public' | 'vpc';
  /** The resource group that reads are limited to, where the credentials see only one; default: none. */
  readonly resourceGroupId?: string | null;
  /** Signature version of the object storage; default `v4`. */
  readonly storageSignature?: 'v4' | 'v1';
}

/** An access key, with the token of temporary ones. */
export interface AlibabaCredentials extends Credentials {
  readonly provider: 'alibaba';
  readonly accessKeyId: string;
  readonly accessKeySecret: Secret;
  readonly securityToken?: Secret;
}

/** The account with this vendor's settings. Throws for another vendor's account. */
export function alibabaAccount(account: Account): AlibabaAccount {
  if (account.provider !== 'alibaba') throw new Error(`account ${account.name} belongs to ${account.provider}`);
  return account as AlibabaAccount;
}

/** The credentials with this vendor's members. Throws for another vendor's credentials. */
export function alibabaCredentials(credentials: Credentials): AlibabaCredentials {
  if (credentials.provider !== 'alibaba') throw new Error(`credentials of ${credentials.provider} given to alibaba`);
  return credentials as AlibabaCredentials;
}
