import { BlockList, isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';

/** The public base of every link: an absolute URL or a path, without a trailing slash. Empty: the root of the called host. */
export type PublicBase = (request: Pick<FastifyRequest, 'headers' | 'socket'>) => string;

export interface PublicAddress {
  /** From the configuration; overrides proxies. */
  readonly publicUrl: string | null;
  /** Addresses and networks (CIDR) whose `X-Forwarded-Prefix` is trusted. */
  readonly trustedProxies: readonly string[];
}

const prefixPattern = /^(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._~-]+){1,16}\/?$/;

/**
 * Returns the function that determines the base of a request's links. Only configured proxies can change it. Throws `TypeError` for a proxy
 * that is neither an address nor a network.
 */
export function publicBase({ publicUrl, trustedProxies }: PublicAddress): PublicBase {
  if (publicUrl !== null) {
    const base = publicUrl.replace(/(?<!\/)\/+$/, '');
    return () => base;
  }
  if (trustedProxies.length === 0) return () => '';
  const isTrusted = addressList(trustedProxies);
  return ({ headers, socket }) => {
    const prefix = headers['x-forwarded-prefix'];
    if (typeof prefix !== 'string' || prefix.length > 255 || !prefixPattern.test(prefix)) return '';
    return isTrusted(socket.remoteAddress) ? prefix.replace(/\/$/, '') : '';
  };
}

/** Returns a test whether an address is listed. Throws `TypeError` for an entry that is neither an address nor a network (CIDR). */
export function addressList(entries: readonly string[]): (address: string | undefined) => boolean {
  const list = new BlockList();
  for (const entry of entries) {
    const [address = '', bits] = entry.split('/');
    const version = isIP(address);
    if (version === 0) throw new TypeError(`${entry} is neither an address nor a network`);
    const family = version === 4 ? 'ipv4' : 'ipv6';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return (address) => {
    const version = isIP(address ?? '');
    return version !== 0 && list.check(address ?? '', version === 4 ? 'ipv4' : 'ipv6');
  };
}
