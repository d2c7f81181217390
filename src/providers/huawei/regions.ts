import type { RegionGroup } from '../kit/regions.ts';

const drs = 'regions of DRS in huaweicloud-sdk-nodejs-v3 3.1.209';

/**
 * The regions of DRS. `regional`: every service has a host in the region. `global_iam`: IAM has no host there, and the global host serves
 * it, whose tokens every region accepts. `europe`: a separate cloud with another domain. A host does not prove that backup migration v5 is
 * enabled in the region, so the list is used for information only.
 */
export const regionGroups: readonly RegionGroup<'regional' | 'global_iam' | 'europe'>[] = [
  {
    kind: 'ordinary',
    host: 'regional',
    source: `${drs}; hosts of IAM in huaweicloud-sdk-python-v3 3.1.211`,
    regions: [
      'ae-ad-1',
      'af-south-1',
      'ap-southeast-1',
      'ap-southeast-2',
      'ap-southeast-3',
      'ap-southeast-4',
      'cn-east-2',
      'cn-east-3',
      'cn-east-4',
      'cn-east-5',
      'cn-north-1',
      'cn-north-2',
      'cn-north-4',
      'cn-north-9',
      'cn-north-12',
      'cn-south-1',
      'cn-south-2',
      'cn-southwest-2',
      'eu-west-0',
      'la-north-2',
      'la-south-2',
      'me-east-1',
      'my-kualalumpur-1',
      'na-mexico-1',
      'ru-moscow-1',
      'sa-brazil-1',
      'tr-west-1',
    ],
  },
  {
    kind: 'ordinary',
    host: 'global_iam',
    source: drs,
    regions: ['af-north-1', 'ap-southeast-5', 'cn-north-11', 'cn-south-4', 'cn-southwest-3', 'ru-northwest-2'],
  },
  { kind: 'ordinary', host: 'europe', source: drs, regions: ['eu-west-101'] },
];
