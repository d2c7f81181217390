import { X509Certificate } from 'node:crypto';
import type { Environment, Value } from '../domain/account-configuration.ts';
import type { OutboundSettings, ProxySettings } from '../domain/outbound.ts';
import { Secret } from '../domain/secret.ts';
import { readValue } from './values.ts';

/** Outbound settings of the file, for all accounts or for one. */
export interface OutboundEntry {
  /** The URL of a proxy. `none`: no proxy, even if the environment names one. */
  readonly proxy?: Value;
  readonly noProxy?: string;
  readonly ca?: Value;
}

/** Returns the common outbound settings. Values of the file override `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`. Adds faults. */
export async function outboundSettings(
  entry: OutboundEntry | undefined,
  environment: Environment,
  faults: string[],
): Promise<OutboundSettings> {
  const fromEnvironment = (name: string) => environment[name.toLowerCase()] || environment[name] || '';
  const except = entry?.noProxy ?? fromEnvironment('NO_PROXY');
  const https = fromEnvironment('HTTPS_PROXY');
  const http = fromEnvironment('HTTP_PROXY');
  for (const [name, url] of [
    ['HTTPS_PROXY', https],
    ['HTTP_PROXY', http],
  ] as const)
    if (url !== '' && entry?.proxy === undefined) checkProxy(name, url, faults);
  const usual: ProxySettings | null =
    https === '' && http === ''
      ? null
      : { http: http === '' ? null : new Secret(http), https: https === '' ? null : new Secret(https), except };
  return own('outbound', entry, { proxy: usual, ca: null }, environment, faults, except);
}

/** Returns the outbound settings of one account: its own settings, with the common ones as defaults. Adds faults. */
export async function accountOutbound(
  at: string,
  entry: OutboundEntry,
  common: OutboundSettings,
  environment: Environment,
  faults: string[],
): Promise<OutboundSettings> {
  return own(at, entry, common, environment, faults, common.proxy?.except ?? '');
}

async function own(
  at: string,
  entry: OutboundEntry | undefined,
  common: OutboundSettings,
  environment: Environment,
  faults: string[],
  except: string,
): Promise<OutboundSettings> {
  let { proxy, ca } = common;
  const read = async (name: 'proxy' | 'ca'): Promise<string | null> => {
    const value = entry?.[name];
    if (value === undefined) return null;
    try {
      return (await readValue(value, environment)).reveal();
    } catch (error) {
      faults.push(`${at}.${name}: ${(error as Error).message}`);
      return null;
    }
  };
  const url = await read('proxy');
  if (url === 'none') proxy = null;
  else if (url !== null && checkProxy(`${at}.proxy`, url, faults))
    proxy = { http: new Secret(url), https: new Secret(url), except };
  const pem = await read('ca');
  if (pem !== null) {
    if (isCertificate(pem)) ca = pem;
    else faults.push(`${at}.ca: is not a certificate in PEM form`);
  }
  return proxy === common.proxy && ca === common.ca ? common : { proxy, ca };
}

/** Checks the URL of a proxy. The message does not repeat the URL, because it may contain a password. */
function checkProxy(at: string, url: string, faults: string[]): boolean {
  const protocol = URL.canParse(url) ? new URL(url).protocol : null;
  if (protocol === 'http:' || protocol === 'https:') return true;
  faults.push(`${at}: must be the URL of a proxy that speaks HTTP, such as http://proxy.example:3128, or none`);
  return false;
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== undefined;
  } catch {
    return false;
  }
}
