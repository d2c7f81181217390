import { hostIn } from '../kit/regions.ts';
import type { TencentAccount } from './account.ts';
import { regionGroups } from './regions.ts';

/** The vendor's service name. It is part of the signature's scope and does not depend on the host. */
export const service = 'sqlserver';

/** Version of the API, header `X-TC-Version`. */
export const apiVersion = '2018-03-28';

/** What the sites put before the common domain (Request Structure pages of both sites; the internal one as Terraform uses it). */
const sites = {
  china: 'tencentcloudapi.com',
  international: 'intl.tencentcloudapi.com',
  internal: 'internal.tencentcloudapi.com',
} as const;

type Site = Pick<TencentAccount, 'site'>;

/** Default base URL. The host only selects the access point; the region of the resource travels in `X-TC-Region`. */
export function endpoint(region: string, { site = 'china' }: Site): string {
  return hostIn(regionGroups, region) === 'own'
    ? `https://${service}.${region}.tencentcloudapi.com`
    : `https://${service}.${sites[site]}`;
}

/** Base URL of the service that issues temporary credentials; no source has one within the vendor's network. */
export function stsUrl({ site = 'china' }: Site): string {
  return `https://sts.${sites[site === 'internal' ? 'china' : site]}`;
}
