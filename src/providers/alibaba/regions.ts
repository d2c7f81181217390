import type { RegionGroup } from '../kit/regions.ts';

const sdk = 'table of the SDK @alicloud/rds20140815 15.4.0';

/**
 * The regions of RDS. `central`: the common host serves them. `regional`: each has a host of its own, like every region that is missing
 * here. `vpc`: only a host inside the VPC serves them. Where the RDS Endpoints page and the SDK differ, the table of the SDK applies.
 */
export const regionGroups: readonly RegionGroup<'central' | 'regional' | 'vpc'>[] = [
  {
    kind: 'ordinary',
    host: 'central',
    source: sdk,
    regions: [
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
    ],
  },
  {
    kind: 'ordinary',
    host: 'regional',
    source: 'RDS Endpoints page (November 2025)',
    regions: [
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
    ],
  },
  {
    kind: 'finance',
    host: 'central',
    source: sdk,
    regions: [
      'cn-shanghai-finance-1',
      'cn-shenzhen-finance-1',
      'cn-beijing-finance-1',
      'cn-beijing-finance-pop',
      'cn-hongkong-finance-pop',
    ],
  },
  { kind: 'government', host: 'central', source: sdk, regions: ['cn-north-2-gov-1', 'cn-beijing-gov-1'] },
  { kind: 'finance', host: 'vpc', source: sdk, regions: ['cn-hangzhou-finance'] },
  { kind: 'alias', host: 'central', source: sdk, regions: ['ap-northeast-2-pop', 'eu-west-1-oxs', 'rus-west-1-pop'] },
];
