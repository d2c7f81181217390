import { hostIn } from '../kit/regions.ts';
import type { HuaweiAccount } from './account.ts';
import { regionGroups } from './regions.ts';

/** The services that are called: IAM for tokens and projects, DRS for backup migration, RDS for read-only checks of instances. */
export const services = ['iam', 'drs', 'rds'] as const;

/** Returns the default base URL of a service in a region. The European cloud is separate and has another domain. */
export function endpoint(service: string, region: string, { site }: Pick<HuaweiAccount, 'site'>): string {
  if (site !== undefined) return `https://${service}.${region}.${site}`;
  // A region that is missing from the table may have no IAM host of its own.
  const host = hostIn(regionGroups, region) ?? 'global_iam';
  const domain = host === 'europe' ? 'myhuaweicloud.eu' : 'myhuaweicloud.com';
  if (service === 'iam' && host === 'global_iam') return `https://iam.${domain}`;
  return `https://${service}.${region}.${domain}`;
}
