import type { RegionGroup } from '../kit/regions.ts';

/**
 * The regions of SQL Server. `common`: the host of the site serves them. `own`: an isolated region that only its own host serves, for any
 * site.
 */
export const regionGroups: readonly RegionGroup<'common' | 'own'>[] = [
  {
    kind: 'ordinary',
    host: 'common',
    source: 'SQL Server API pages of the international site (late 2025)',
    regions: [
      'ap-bangkok',
      'ap-beijing',
      'ap-chengdu',
      'ap-chongqing',
      'ap-guangzhou',
      'ap-hongkong',
      'ap-jakarta',
      'ap-nanjing',
      'ap-seoul',
      'ap-shanghai',
      'ap-singapore',
      'ap-tokyo',
      'eu-frankfurt',
      'na-ashburn',
      'na-siliconvalley',
      'sa-saopaulo',
    ],
  },
  {
    kind: 'finance',
    host: 'own',
    source: 'Request Structure page',
    regions: ['ap-shanghai-fsi', 'ap-shenzhen-fsi'],
  },
];
