import { hostIn } from '../kit/regions.ts';
import type { AlibabaAccount } from './account.ts';
import { regionGroups } from './regions.ts';

const centralHost = 'rds.aliyuncs.com';

/** Returns the base URL of the RDS service for a region (RDS Endpoints page; the table of the SDK where the two differ). */
export function rdsEndpoint(region: string, { site }: Pick<AlibabaAccount, 'site'>): string {
  const host = site === 'vpc' ? 'vpc' : (hostIn(regionGroups, region) ?? 'regional');
  if (host === 'central') return `https://${centralHost}`;
  return `https://${host === 'vpc' ? 'rds-vpc' : 'rds'}.${region}.aliyuncs.com`;
}

/** The public host of the object store in a region (OSS Endpoints page). */
export function ossHost(region: string): string {
  return `oss-${region}.aliyuncs.com`;
}

/** The base URL of the object store in a region. A VPC uses separate hosts. */
export function ossEndpoint(region: string, { site }: Pick<AlibabaAccount, 'site'>): string {
  return site === 'vpc' ? `https://oss-${region}-internal.aliyuncs.com` : `https://${ossHost(region)}`;
}

/** The base URL of STS, which issues temporary credentials. */
export function stsUrl({ site, region }: Pick<AlibabaAccount, 'site' | 'region'>): string {
  return site === 'vpc' ? `https://sts-vpc.${region}.aliyuncs.com` : 'https://sts.aliyuncs.com';
}

/** Matches the hosts of the object store. Its first group is the region. */
export const ossHosts = /^oss-([a-z0-9-]+?)(?:-internal)?\.aliyuncs\.com$/;

/** The region in the name of an OSS host; null for a host of another form. */
export function regionOfOssHost(host: string): string | null {
  return ossHosts.exec(host.toLowerCase())?.[1] ?? null;
}
