import { isIP } from 'node:net';
import { addressFault, bareHost, isLocalHost } from '../domain/address-policy.ts';

/**
 * Checks the URL of a vendor endpoint and adds its faults. Plain HTTP is allowed on loopback only. Private addresses require
 * `allowPrivate`. `at`: the place in the file.
 */
export function checkEndpoint(at: string, url: string, allowPrivate: boolean, faults: string[]): void {
  if (!URL.canParse(url)) {
    faults.push(`${at}: is not a URL`);
    return;
  }
  const { protocol, hostname, username } = new URL(url);
  if (username !== '') faults.push(`${at}: must not carry user information`);
  if (isLoopback(hostname)) return;
  if (protocol !== 'https:') faults.push(`${at}: plain http is allowed on loopback only`);
  const host = bareHost({ hostname });
  if (isIP(host) === 0) return;
  if (addressFault(host, { privateAddresses: true }) !== null)
    faults.push(`${at}: is an address that Godwit never calls`);
  else if (addressFault(host, { privateAddresses: allowPrivate }) !== null)
    faults.push(`${at}: is a private address; set allowPrivateEndpoints to allow it`);
}

/** Whether a host name or address is this machine. */
export function isLoopback(host: string): boolean {
  return isLocalHost(bareHost({ hostname: host }));
}

/** Whether a text is an IP address or a CIDR range. */
export function isNetwork(entry: string): boolean {
  const [address = '', bits, ...more] = entry.split('/');
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}
