import type { Secret } from '../../domain/secret.ts';
import type { Account, Credentials } from '../../domain/vendor.ts';

/** An account of Alibaba Cloud with its settings. */
export interface AlibabaAccount extends Account {
  readonly provider: 'alibaba';
  /** Signature scheme of RDS calls. `rpc`: SignatureVersion 1.0; `acs3`: V3. */
  readonly signature: 'rpc' | 'acs3';
  /**
   * How the full backup of a chain is submitted. `updf`: `BackupMode=UPDF`, as the vendor's guides describe. `full`: `BackupMode=FULL` with
   * `IsOnlineDB=False`, an undocumented alternative.
   */
  readonly chainBase: 'updf' | 'full';
  /**
   * How the joined URLs of `OSSUrls` are encoded. `value`: as a whole, before the parameter itself is encoded. `none`: only as a parameter.
   * Default: `value`.
   */
  readonly ossUrlsEncoding?: 'value' | 'none';
  /** The hosts to call. `public`: public hosts; `vpc`: hosts that are reachable only from a VPC of the region. Default: `public`. */
  readonly site?: 'public' | 'vpc';
  /** The resource group that reads name. It is needed if the credentials are limited to one group. Default: none. */
  readonly resourceGroupId?: string | null;
  /** Signature version of the object store. Default: `v4`. */
  readonly storageSignature?: 'v4' | 'v1';
}

/** An access key. Temporary credentials also have a token. */
export interface AlibabaCredentials extends Credentials {
  readonly provider: 'alibaba';
  readonly accessKeyId: string;
  readonly accessKeySecret: Secret;
  readonly securityToken?: Secret;
}

/** Returns the account with the settings of this vendor. Throws for an account of another vendor. */
export function alibabaAccount(account: Account): AlibabaAccount {
  if (account.provider !== 'alibaba') throw new Error(`account ${account.name} belongs to ${account.provider}`);
  return account as AlibabaAccount;
}

/** Returns the credentials with the members of this vendor. Throws for credentials of another vendor. */
export function alibabaCredentials(credentials: Credentials): AlibabaCredentials {
  if (credentials.provider !== 'alibaba') throw new Error(`credentials of ${credentials.provider} given to alibaba`);
  return credentials as AlibabaCredentials;
}
