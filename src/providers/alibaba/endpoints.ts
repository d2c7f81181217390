import { hostIn } from '../kit/regions.ts';
import type { AlibabaAccount } from './account.ts';
import { regionGroups } from './regions.ts';

const centralHost = 'rds.aliyuncs.com';

/** Base URL of the RDS service for a region (Endpoints page; where it and the SDK differ, the SDK's table). */
export function rdsEndpoint(region: string, { site }: Pick<AlibabaAccount, 'site'>): string {
  const host = site === 'vpc' ? 'vpc' : (hostIn(regionGroups, region) ?? 'regional');
  if (host === 'central') return `https://${centralHost}`;
  return `https://${host === 'vpc' ? 'rds-vpc' : 'rds'}.${region}.aliyuncs.com`;
}

/** Public host of the object storage of a region (OSS Endpoints page). */
export function ossHost(region: string): string {
  return `oss-${region}.aliyuncs.com`;
}

/** Base URL of the object storage for a region. A VPC has hosts of its own for it. */
export function ossEndpoint(region: string, { site }: Pick<AlibabaAccount, 'site'>): string {
  return site === 'vpc' ? `https://oss-${region}-internal.aliyuncs.com` : `https://${ossHost(region)}`;
}

/** Base URL of the service that issues temporary credentials. */
export function stsUrl({ site, region }: Pick<AlibabaAccount, 'site' | 'region'>): string {
  return site === 'vpc' ? `https://sts-vpc.${region}.aliyuncs.com` : 'https://sts.aliyuncs.com';
}

/** Hosts of the object storage; the group is the region. */
export const ossHosts = /^oss-([a-z0-9-]+?)(?:-internal)?\.aliyuncs\.com$/;

/** The region that an OSS host names, or null for a host of another form. */
export function regionOfOssHost(host: string): string | null {
  return ossHosts.exec(host.toLowerCase())?.[1] ?? null;
}
