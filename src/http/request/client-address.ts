import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';

/**
 * The client's address: the peer's, or the one that configured proxies report. A port or brackets that a proxy adds are removed; text that
 * is no address is ignored.
 */
export function clientAddress({ ip, socket }: Pick<FastifyRequest, 'ip' | 'socket'>): string {
  const bare = plainAddress(ip);
  return bare ?? plainAddress(socket.remoteAddress) ?? 'unknown';
}

function plainAddress(text: string | undefined): string | null {
  if (text === undefined || text.length > 100) return null;
  const inner = /^\[([^\]]*)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
  const mapped = /^::ffff:([\d.]+)$/i.exec(inner)?.[1] ?? inner;
  return isIP(mapped) === 0 ? null : mapped;
}

/** The key of rate limits: an IPv4 address, or the /64 network of an IPv6 address, because a customer usually has a whole /64. */
export function limitedNetwork(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = '', tail = ''] = address.split('%')[0]?.split('::') ?? [];
  const left = head === '' ? [] : head.split(':');
  const right = tail === '' ? [] : tail.split(':');
  const zeros = address.includes('::') ? Array(Math.max(0, 8 - left.length - right.length)).fill('0') : [];
  return `${[...left, ...zeros, ...right]
    .slice(0, 4)
    .map((part) => Number.parseInt(part, 16).toString(16))
    .join(':')}::/64`;
}
