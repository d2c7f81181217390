import type { Secret } from '../../domain/secret.ts';
import type { Account, Credentials } from '../../domain/vendor.ts';

/** An account of Huawei Cloud with its settings. */
export interface HuaweiAccount extends Account {
  readonly provider: 'huawei';
  /** The project of the account's region; null: the login determines it, from the token or by a lookup. */
  readonly projectId: string | null;
  /** The domain of the cloud's hosts, for example of a partner cloud. Default: the vendor's own domain for the region. */
  readonly site?: string;
  /** The language of the vendor's messages. Default: `en-us`, in which most causes of a failure are recognized. */
  readonly language?: 'en-us' | 'zh-cn';
}

/** An IAM user. Its password opens a session. Keystone calls `accountName` the domain. */
export interface HuaweiPasswordCredentials extends Credentials {
  readonly provider: 'huawei';
  readonly method: 'password';
  readonly accountName: string;
  readonly userName: string;
  readonly password: Secret;
}

/** An access key, which signs each request. Temporary credentials also have a token. */
export interface HuaweiAccessKeyCredentials extends Credentials {
  readonly provider: 'huawei';
  readonly method: 'access_key';
  readonly accessKeyId: string;
  readonly secretAccessKey: Secret;
  readonly securityToken?: Secret;
}

/** Credentials of Huawei Cloud, of either kind. */
export type HuaweiCredentials = HuaweiPasswordCredentials | HuaweiAccessKeyCredentials;

/** Returns the account with the settings of this vendor. Throws for an account of another vendor. */
export function huaweiAccount(account: Account): HuaweiAccount {
  if (account.provider !== 'huawei') throw new Error(`account ${account.name} belongs to ${account.provider}`);
  return account as HuaweiAccount;
}

/** Returns the credentials with the members of this vendor. Throws for credentials of another vendor. */
export function huaweiCredentials(credentials: Credentials): HuaweiCredentials {
  if (credentials.provider !== 'huawei') throw new Error(`credentials of ${credentials.provider} given to huawei`);
  return credentials as HuaweiCredentials;
}

/** The configured project for a region; null for a region other than the account's own, because a project belongs to one region. */
export function configuredProject(account: Account, region: string): string | null {
  const { projectId } = huaweiAccount(account);
  return account.region === region ? projectId : null;
}
