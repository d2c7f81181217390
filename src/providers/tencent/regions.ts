import type { RegionGroup } from '../kit/regions.ts';

/** `common`: the host of the site. `own`: isolated, served by no other host, whatever the site is. */
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
