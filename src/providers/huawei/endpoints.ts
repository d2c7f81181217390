import type { HuaweiAccount } from './account.ts';

/**
 * Regions where DRS has a host ("Regions and Endpoints" of DRS). A host is no promise that backup migration v5 is switched on
 * there, so the list informs and never refuses.
 */
export const regions: readonly string[] = [
  'ae-ad-1',
  'af-north-1',
  'af-south-1',
  'ap-southeast-1',
  'ap-southeast-2',
  'ap-southeast-3',
  'ap-southeast-4',
  'ap-southeast-5',
  'cn-east-2',
  'cn-east-3',
  'cn-east-4',
  'cn-east-5',
  'cn-north-1',
  'cn-north-2',
  'cn-north-4',
  'cn-north-9',
  'cn-north-11',
  'cn-north-12',
  'cn-south-1',
  'cn-south-2',
  'cn-south-4',
  'cn-southwest-2',
  'cn-southwest-3',
  'eu-west-0',
  'eu-west-101',
  'la-north-2',
  'la-south-2',
  'me-east-1',
  'my-kualalumpur-1',
  'na-mexico-1',
  'ru-moscow-1',
  'ru-northwest-2',
  'sa-brazil-1',
  'tr-west-1',
];

/** Regions with an IAM host of their own; elsewhere the global host answers, whose tokens every region accepts. */
const regionsWithIam: ReadonlySet<string> = new Set([
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
  'eu-west-101',
  'la-north-2',
  'la-south-2',
  'me-east-1',
  'my-kualalumpur-1',
  'na-mexico-1',
  'ru-moscow-1',
  'sa-brazil-1',
  'tr-west-1',
]);

/** Services that Godwit calls: tokens and projects, backup migration, and the read-only checks of instances. */
export const services = ['iam', 'drs', 'rds'] as const;

/** Default base URL of a service in a region. The European site is a cloud of its own under another domain. */
export function endpoint(service: string, region: string, { site }: Pick<HuaweiAccount, 'site'>): string {
  if (site !== undefined) return `https://${service}.${region}.${site}`;
  const domain = region === 'eu-west-101' ? 'myhuaweicloud.eu' : 'myhuaweicloud.com';
  if (service === 'iam' && !regionsWithIam.has(region)) return `https://iam.${domain}`;
  return `https://${service}.${region}.${domain}`;
}
