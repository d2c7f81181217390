import { hostIn } from '../kit/regions.ts';
import type { TencentAccount } from './account.ts';
import { regionGroups } from './regions.ts';

/** The vendor's service name. It is part of the signature's scope and does not depend on the host. */
export const service = 'sqlserver';

/** Version of the API, sent in the header `X-TC-Version`. */
export const apiVersion = '2018-03-28';

/** Domains of the sites (Request Structure pages of both sites; the internal one as in the vendor's Terraform provider). */
const sites = {
  china: 'tencentcloudapi.com',
  international: 'intl.tencentcloudapi.com',
  internal: 'internal.tencentcloudapi.com',
} as const;

type Site = Pick<TencentAccount, 'site'>;

/** Returns the default base URL. The host only selects the access point; `X-TC-Region` contains the region of the resource. */
export function endpoint(region: string, { site = 'china' }: Site): string {
  return hostIn(regionGroups, region) === 'own'
    ? `https://${service}.${region}.tencentcloudapi.com`
    : `https://${service}.${sites[site]}`;
}

/**
 * The base URL of STS, which issues temporary credentials. No source documents an STS host of the internal network, so the Chinese one is
 * used.
 */
export function stsUrl({ site = 'china' }: Site): string {
  return `https://sts.${sites[site === 'internal' ? 'china' : site]}`;
}
