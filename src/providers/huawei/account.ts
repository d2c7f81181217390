import type { Secret } from '../../domain/secret.ts';
import type { Account, Credentials } from '../../domain/vendor.ts';

export interface HuaweiAccount extends Account {
  readonly provider: 'huawei';
  /** The project of the account's region; null: Godwit learns it from the token or looks it up. */
  readonly projectId: string | null;
  /** The domain of the cloud's hosts, such as a partner's; default: the vendor's own domain for the region. */
  readonly site?: string;
  /** The language of the vendor's messages; default `en-us`, in which most causes are recognized. */
  readonly language?: 'en-us' | 'zh-cn';
}

/** An IAM user, whose password opens a session. `accountName` is what Keystone calls the domain. */
export interface HuaweiPasswordCredentials extends Credentials {
  readonly provider: 'huawei';
  readonly method: 'password';
  readonly accountName: string;
  readonly userName: string;
  readonly password: Secret;
}

/** An access key, with the token of temporary ones. It signs each request. */
export interface HuaweiAccessKeyCredentials extends Credentials {
  readonly provider: 'huawei';
  readonly method: 'access_key';
  readonly accessKeyId: string;
  readonly secretAccessKey: Secret;
  readonly securityToken?: Secret;
}

export type HuaweiCredentials = HuaweiPasswordCredentials | HuaweiAccessKeyCredentials;

/** The account with this vendor's settings. Throws for another vendor's account. */
export function huaweiAccount(account: Account): HuaweiAccount {
  if (account.provider !== 'huawei') throw new Error(`account ${account.name} belongs to ${account.provider}`);
  return account as HuaweiAccount;
}

/** The credentials with this vendor's members. Throws for another vendor's credentials. */
export function huaweiCredentials(credentials: Credentials): HuaweiCredentials {
  if (credentials.provider !== 'huawei') throw new Error(`credentials of ${credentials.provider} given to huawei`);
  return credentials as HuaweiCredentials;
}

/** The project that the configuration names for a region: a project belongs to one region, the account's own. */
export function configuredProject(account: Account, region: string): string | null {
  const { projectId } = huaweiAccount(account);
  return account.region === region ? projectId : null;
}
