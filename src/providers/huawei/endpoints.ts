import { hostIn } from '../kit/regions.ts';
import type { HuaweiAccount } from './account.ts';
import { regionGroups } from './regions.ts';

/** Services that Godwit calls: tokens and projects, backup migration, and the read-only checks of instances. */
export const services = ['iam', 'drs', 'rds'] as const;

/** Default base URL of a service in a region. The European site is a cloud of its own under another domain. */
export function endpoint(service: string, region: string, { site }: Pick<HuaweiAccount, 'site'>): string {
  if (site !== undefined) return `https://${service}.${region}.${site}`;
  // A region that the table does not have may have no IAM of its own.
  const host = hostIn(regionGroups, region) ?? 'global_iam';
  const domain = host === 'europe' ? 'myhuaweicloud.eu' : 'myhuaweicloud.com';
  if (service === 'iam' && host === 'global_iam') return `https://iam.${domain}`;
  return `https://${service}.${region}.${domain}`;
}
