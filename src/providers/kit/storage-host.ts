/** Hosts of the object storages that people have buckets in, by the end of their name. */
const storageHosts: readonly RegExp[] = [
  /(?:^|\.)oss-[a-z0-9-]+\.aliyuncs\.com$/,
  /(?:^|\.)obs\.[a-z0-9-]+\.myhuaweicloud\.(?:com|eu)$/,
  /(?:^|\.)cos(?:-internal)?\.[a-z0-9-]+\.(?:myqcloud\.com|tencentcos\.(?:cn|com))$/,
  /(?:^|\.)amazonaws\.com(?:\.cn)?$/,
  /(?:^|\.)blob\.core\.windows\.net$/,
  /(?:^|\.)storage\.googleapis\.com$/,
];

/** What of a storage endpoint is to be checked. `own` matches the hosts of the vendor's storage; its first group is the region. */
export interface StorageEndpoint {
  readonly endpoint: string;
  readonly bucket: string;
  /** The region in which the bucket has to lie; null: the vendor is left to say so. */
  readonly region: string | null;
  readonly own: RegExp;
  /** An endpoint as it should be. */
  readonly example: string;
}

/** What is wrong with the endpoint of an object storage, or null. A host of an unknown form, such as a private one, passes. */
export function storageEndpointFault({ endpoint, bucket, region, own, example }: StorageEndpoint): string | null {
  const host = endpoint.toLowerCase();
  if (host.startsWith(`${bucket}.`)) return `The endpoint is the host without the bucket, such as ${example}.`;
  const match = own.exec(host);
  if (match === null)
    return storageHosts.some((pattern) => pattern.test(host))
      ? `This is the object storage of another cloud, which the vendor cannot read; it is such as ${example}.`
      : null;
  const there = match[1];
  return there === undefined || region === null || there === region || there === 'accelerate'
    ? null
    : `The bucket lies in ${there}, the instance in ${region}; both must be in one region.`;
}
