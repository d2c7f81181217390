/** Hosts of well-known object stores, recognized by the end of the name. */
const storageHosts: readonly RegExp[] = [
  /(?:^|\.)oss-[a-z0-9-]+\.aliyuncs\.com$/,
  /(?:^|\.)obs\.[a-z0-9-]+\.myhuaweicloud\.(?:com|eu)$/,
  /(?:^|\.)cos(?:-internal)?\.[a-z0-9-]+\.(?:myqcloud\.com|tencentcos\.(?:cn|com))$/,
  /(?:^|\.)amazonaws\.com(?:\.cn)?$/,
  /(?:^|\.)blob\.core\.windows\.net$/,
  /(?:^|\.)storage\.googleapis\.com$/,
];

/** The rules for a storage endpoint in a request. `own` matches the hosts of the vendor's own store; its first group is the region. */
export interface StorageEndpoint {
  readonly endpoint: string;
  readonly bucket: string;
  /** The region in which the bucket must be; null: only the vendor checks it. */
  readonly region: string | null;
  readonly own: RegExp;
  /** Example of a valid endpoint, for messages. */
  readonly example: string;
}

/** Checks a storage endpoint. Returns the fault as a sentence, or null. Accepts hosts of an unknown form, such as private ones. */
export function storageEndpointFault({ endpoint, bucket, region, own, example }: StorageEndpoint): string | null {
  const host = endpoint.toLowerCase();
  if (host.startsWith(`${bucket}.`)) return `The endpoint must be the host without the bucket, such as ${example}.`;
  const match = own.exec(host);
  if (match === null)
    return storageHosts.some((pattern) => pattern.test(host))
      ? `This is the object storage of another cloud, which the vendor cannot read. A valid host is ${example}.`
      : null;
  const there = match[1];
  return there === undefined || region === null || there === region || there === 'accelerate'
    ? null
    : `The bucket is in ${there}, the instance in ${region}; both must be in one region.`;
}
