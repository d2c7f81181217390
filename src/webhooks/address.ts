import { BlockList, isIP } from 'node:net';

/** Which receivers may be called. */
export interface AddressPolicy {
  /** Whether addresses of private networks and of this machine may be. */
  readonly privateAddresses: boolean;
  /** Whether plain HTTP may be spoken beyond this machine. */
  readonly plainHttp: boolean;
}

/** Where machines answer that trust whoever can reach them: metadata of clouds, the local link. Nothing else of use is there. */
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
  ['ff00::', 8],
  // Ways by which an IPv4 address, any of the above too, could be reached under another name.
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

/** Why an address may not be called, or null. A text that is no address may not be. */
export function addressFault(address: string, { privateAddresses }: AddressPolicy): string | null {
  const family = isIP(address);
  if (family === 0) return 'is no address';
  const kind = family === 6 ? 'ipv6' : 'ipv4';
  // The lists know IPv4 addresses that are written as IPv6 ones, too.
  if (never.check(address, kind)) return 'is an address that is never called';
  if (!privateAddresses && privateNetworks.check(address, kind)) return 'is an address of a private network';
  return null;
}

/** What is wrong with the URL of a receiver, or null. A name is looked up, and its addresses are checked, at every delivery. */
export function urlFault(text: string, policy: AddressPolicy): string | null {
  if (!URL.canParse(text)) return 'is not a URL.';
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must begin with `https:`.';
  if (url.username !== '' || url.password !== '') return 'must not carry user information.';
  if (url.hash !== '') return 'must not carry a fragment.';
  const host = bareHost(url);
  const local = host === 'localhost' || host.endsWith('.localhost') || isLoopback(host);
  if (local && !policy.privateAddresses) return 'is this machine; the configuration does not allow private addresses.';
  if (url.protocol === 'http:' && !local && !policy.plainHttp) return 'must begin with `https:`.';
  const fault = isIP(host) === 0 ? null : addressFault(host, policy);
  return fault === null ? null : `${fault}.`;
}

/** The host without the brackets of an IPv6 address. */
export function bareHost({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '').toLowerCase();
}

function isLoopback(host: string): boolean {
  const family = isIP(host);
  return family !== 0 && loopback.check(host, family === 6 ? 'ipv6' : 'ipv4');
}

const loopback = blockList(['127.0.0.0', 8], ['::1', 128]);

function blockList(...subnets: readonly (readonly [network: string, prefix: number])[]): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of subnets) list.addSubnet(network, prefix, isIP(network) === 6 ? 'ipv6' : 'ipv4');
  return list;
}
