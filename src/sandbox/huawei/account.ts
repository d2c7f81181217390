import { createHash } from 'node:crypto';
import { sandboxCredentials } from '../cloud.ts';

const known = sandboxCredentials.huawei;

function fixedId(seed: string): string {
  return createHash('sha256').update(`huawei sandbox ${seed}`).digest('hex').slice(0, 32);
}

/** The account of the sandbox and its user. */
export const account = {
  domain: { id: fixedId('domain'), name: known.accountName },
  user: { id: fixedId('user'), name: known.userName, password: known.password },
} as const;

/** An access key. A temporary one requires its security token. */
export interface AccessKey {
  readonly id: string;
  readonly secret: string;
  readonly securityToken: string | null;
}

/** A temporary access key. It is public, like the permanent one in `sandboxCredentials`. */
export const temporaryAccessKey = {
  id: 'HSTSANDBOXHUAWEI0001',
  secret: 'sandbox-huawei-temporary-secret',
  securityToken: known.securityToken,
} as const;

const accessKeys: readonly AccessKey[] = [
  { id: known.accessKeyId, secret: known.secretAccessKey, securityToken: null },
  temporaryAccessKey,
];

/** Finds the access key with that id, if the request has the right security token; undefined otherwise. */
export function findAccessKey(id: string, securityToken: string | undefined): AccessKey | undefined {
  return accessKeys.find(
    (key) =>
      key.id === id &&
      (key.securityToken === null
        ? securityToken === undefined || securityToken === known.securityToken
        : securityToken === key.securityToken),
  );
}

/** A project of the account. */
export interface Project {
  readonly id: string;
  /** The region id. */
  readonly name: string;
}

const regions =
  `eu-west-101 cn-north-4 cn-north-1 cn-south-1 cn-east-3 cn-east-2 cn-north-2 ap-southeast-3 ap-southeast-1 ap-southeast-2 
  sa-brazil-1 la-south-2 la-north-2 na-mexico-1 af-south-1 cn-north-9 cn-southwest-2 cn-south-2 cn-south-4 tr-west-1 
  ap-southeast-4 eu-west-0 ru-moscow-1 ae-ad-1 my-kualalumpur-1 ru-northwest-2 ap-southeast-5 cn-east-5 cn-north-12 cn-east-4 
  cn-southwest-3 cn-north-11 af-north-1 me-east-1`
    .trim()
    .split(/\s+/);

/** The projects, one per region of DRS. */
export const projects: readonly Project[] = regions.map((name) => ({
  id: name === known.region ? known.projectId : fixedId(`project ${name}`),
  name,
}));
