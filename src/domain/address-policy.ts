import { BlockList, isIP } from 'node:net';

/** Which hosts this process may call. Vendor endpoints and webhook receivers share this policy. */
export interface AddressPolicy {
  /** Whether loopback addresses and addresses of private networks are allowed. */
  readonly privateAddresses: boolean;
  /** Whether plain HTTP is allowed beyond loopback. */
  readonly plainHttp: boolean;
}

/**
 * Ranges that no setting allows: link-local and metadata services, which trust every client that reaches them, and ranges without unicast
 * hosts.
 */
const never = blockList(
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
  ['100.100.100.200', 32],
  ['168.63.129.16', 32],
  ['192.0.0.0', 24],
  ['224.0.0.0', 3],
  ['::', 128],
  ['fe80::', 10],
  ['fd00:ec2::', 32],
  ['fd20:ce::', 32],
  ['fd00:42::', 32],
  ['fd00:c1::', 32],
  ['ff00::', 8],
  // Translation and tunnel prefixes: they reach any IPv4 address under another address.
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['::ffff:0:0:0', 96],
  ['2001::', 32],
  ['2002::', 16],
);
const privateNetworks = blockList(
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['198.18.0.0', 15],
  ['::', 96],
  ['fc00::', 7],
  ['fec0::', 10],
);
const loopback = blockList(['127.0.0.0', 8], ['::1', 128]);

/** Why the policy forbids an IP address (a predicate, such as `is an address …`), or null if it is allowed. Other text is forbidden. */
export function addressFault(
  address: string,
  { privateAddresses }: Pick<AddressPolicy, 'privateAddresses'>,
): string | null {
  const family = isIP(address);
  if (family === 0) return 'is not an address';
  const inner = family === 6 ? compatibleAddress(address) : null;
  if (isIn(never, address) || (inner !== null && isIn(never, inner))) return 'is an address that Godwit never calls';
  if (!privateAddresses && isIn(privateNetworks, address)) return 'is an address of a private network';
  return null;
}

/**
 * The fault in a URL that this process is to call, or null. Host names are not resolved here: the webhook sender checks the resolved
 * addresses at every call.
 */
export function urlFault(text: string, policy: AddressPolicy): string | null {
  if (!URL.canParse(text)) return 'is not a URL.';
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must begin with `https:`.';
  if (url.username !== '' || url.password !== '') return 'must not carry user information.';
  if (url.hash !== '') return 'must not carry a fragment.';
  const local = isLocalHost(bareHost(url));
  if (local && !policy.privateAddresses) return 'is this machine; the configuration does not allow private addresses.';
  if (url.protocol === 'http:' && !local && !policy.plainHttp) return 'must begin with `https:`.';
  const host = bareHost(url);
  const fault = isIP(host) === 0 ? null : addressFault(host, policy);
  return fault === null ? null : `${fault}.`;
}

/** The host of a URL in lower case, without the brackets of an IPv6 address. */
export function bareHost({ hostname }: Pick<URL, 'hostname'>): string {
  return hostname.replace(/^\[|\]$/g, '').toLowerCase();
}

/** Whether a host (without brackets) is loopback, by name or by address. */
export function isLocalHost(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || (isIP(host) !== 0 && isIn(loopback, host));
}

/** The IPv4 address in an IPv4-compatible IPv6 address (`::a.b.c.d`), or null. `BlockList` maps `::ffff:a.b.c.d` to IPv4 itself. */
function compatibleAddress(address: string): string | null {
  const { hostname } = new URL(`http://[${address.replace(/%.*$/, '')}]/`);
  const match = /^\[::(?:([0-9a-f]{1,4}):)?([0-9a-f]{1,4})\]$/.exec(hostname);
  if (match === null) return null;
  const value = Number.parseInt(match[1] ?? '0', 16) * 0x10000 + Number.parseInt(match[2] ?? '0', 16);
  // `::` and `::1` are addresses of their own and contain no IPv4 address.
  if (value <= 1) return null;
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
}

function isIn(list: BlockList, address: string): boolean {
  return list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

function blockList(...subnets: readonly (readonly [network: string, prefix: number])[]): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of subnets) list.addSubnet(network, prefix, isIP(network) === 6 ? 'ipv6' : 'ipv4');
  return list;
}
