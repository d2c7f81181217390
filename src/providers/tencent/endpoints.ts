/** The vendor's service name. It is part of the signature's scope and does not depend on the host. */
export const service = 'sqlserver';

/** Version of the API, header `X-TC-Version`. */
export const apiVersion = '2018-03-28';

/** Financial zones are isolated: only their own host serves them (Request Structure page). */
const isolatedRegions: readonly string[] = ['ap-shanghai-fsi', 'ap-shenzhen-fsi'];

/** Default base URL. The host only selects the access point; the region of the resource travels in `X-TC-Region`. */
export function endpoint(_service: string, region: string): string {
  return isolatedRegions.includes(region)
    ? `https://${service}.${region}.tencentcloudapi.com`
    : `https://${service}.tencentcloudapi.com`;
}
