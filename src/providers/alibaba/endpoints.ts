import type { AlibabaAccount } from './account.ts';

const centralHost = 'rds.aliyuncs.com';

/** Regions that the central host serves, as the vendor's SDK has them. */
const centralRegions = [
  'cn-qingdao',
  'cn-beijing',
  'cn-hangzhou',
  'cn-shanghai',
  'cn-shenzhen',
  'cn-heyuan',
  'cn-hongkong',
  'cn-wuhan',
  'cn-zhangbei',
  'cn-fujian',
  'cn-edge-1',
  'ap-southeast-1',
  'us-west-1',
  'us-east-1',
] as const;

const centralFinanceAndGovernment = [
  'cn-shanghai-finance-1',
  'cn-shenzhen-finance-1',
  'cn-beijing-finance-1',
  'cn-beijing-finance-pop',
  'cn-hongkong-finance-pop',
  'cn-north-2-gov-1',
  'cn-beijing-gov-1',
] as const;

/** Ids that the SDK knows although the console does not show them. */
const centralAliases = ['ap-northeast-2-pop', 'eu-west-1-oxs', 'rus-west-1-pop'] as const;

const hostExceptions: ReadonlyMap<string, string> = new Map([
  ['cn-hangzhou-finance', 'rds-vpc.cn-hangzhou-finance.aliyuncs.com'],
]);

/** Regions with a host of their own that are worth naming. Any other region follows the same rule. */
const regionalRegions = [
  'cn-zhangjiakou',
  'cn-huhehaote',
  'cn-wulanchabu',
  'cn-guangzhou',
  'cn-chengdu',
  'ap-northeast-1',
  'ap-northeast-2',
  'ap-southeast-3',
  'ap-southeast-5',
  'ap-southeast-6',
  'ap-southeast-7',
  'eu-central-1',
  'eu-west-1',
  'me-east-1',
  'me-central-1',
  'na-south-1',
] as const;

const central: ReadonlySet<string> = new Set([...centralRegions, ...centralFinanceAndGovernment, ...centralAliases]);

/** Regions of the Endpoints page and the SDK's table. */
export const regions: readonly string[] = [
  ...centralRegions,
  ...regionalRegions,
  ...centralFinanceAndGovernment,
  ...hostExceptions.keys(),
];

/** Base URL of the RDS service for a region (Endpoints page; where it and the SDK differ, the SDK's table). */
export function rdsEndpoint(region: string, { site }: Pick<AlibabaAccount, 'site'>): string {
  if (site === 'vpc') return `https://rds-vpc.${region}.aliyuncs.com`;
  const host = hostExceptions.get(region) ?? (central.has(region) ? centralHost : `rds.${region}.aliyuncs.com`);
  return `https://${host}`;
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
