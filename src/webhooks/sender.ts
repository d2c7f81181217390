import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { Agent, request } from 'undici';
import { type AddressPolicy, addressFault, bareHost, urlFault } from '../domain/address-policy.ts';
import type { Instant } from '../domain/migration.ts';
import { readRetryAfter } from '../domain/retry-after.ts';
import { type AttemptResult, longestWishMs } from './schedule.ts';

/** Bytes of an answer that are read, and not kept, so that its connection can be used again. */
const mostAnswerBytes = 16 * 1024;

/** Carries one message to one receiver. */
export interface Sender {
  /** Never rejects: what went wrong is part of the result. */
  post(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<AttemptResult>;
  close(): Promise<void>;
}

export interface SenderSettings extends AddressPolicy {
  /** For connecting, and for all together; milliseconds. */
  readonly timeoutMs: number;
}

/** The addresses of a name, as `dns.lookup` gives them. */
export type Resolve = (
  name: string,
  options: LookupOptions & { readonly all: true },
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** Opens connections to allowed addresses only, whatever a name stands for at that moment. Redirects are not followed. */
export function createSender(settings: SenderSettings, now: () => Instant, resolve: Resolve = lookup): Sender {
  const { timeoutMs } = settings;
  const agent = new Agent({
    // As many as are wanted at once, which is limited elsewhere: time spent waiting for one would count against the receiver.
    pipelining: 1,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    connect: { timeout: timeoutMs, lookup: allowedLookup(settings, resolve) },
    keepAliveTimeout: 10_000,
  });
  return {
    async post(url, headers, body) {
      // A connection to an address asks no name service. And what was allowed once may not be any more.
      const fault = urlFault(url, settings);
      if (fault !== null) return { status: null, error: `the URL ${fault.replace(/\.$/, '')}` };
      try {
        const answer = await request(url, {
          method: 'POST',
          headers,
          body,
          dispatcher: agent,
          signal: AbortSignal.timeout(timeoutMs),
        });
        await answer.body.dump({ limit: mostAnswerBytes }).catch(() => undefined);
        const { date, 'retry-after': retryAfter } = answer.headers;
        const told = {
          ...(typeof date === 'string' && { date }),
          ...(typeof retryAfter === 'string' && { 'retry-after': retryAfter }),
        };
        return { status: answer.statusCode, retryAfterMs: readRetryAfter(told, now(), longestWishMs) ?? null };
      } catch (error) {
        return { status: null, error: inWords(error, bareHost(new URL(url))) };
      }
    },
    close: () => agent.destroy(),
  };
}

class AddressRefused extends Error {}

/** Looks a name up and keeps the addresses that may be called; an error when there is none. */
function allowedLookup(policy: AddressPolicy, resolve: Resolve): LookupFunction {
  return (hostname, options, done) => {
    resolve(hostname, { ...options, all: true }, (error, found) => {
      if (error !== null) return done(error, '', 4);
      const allowed = found.filter(({ address }) => addressFault(address, policy) === null);
      const [first] = allowed;
      if (first === undefined) return done(new AddressRefused(), '', 4);
      if (options.all) return (done as (error: null, addresses: LookupAddress[]) => void)(null, allowed);
      done(null, first.address, first.family);
    });
  };
}

/** Nothing of what a library says is told, since it may hold the URL. */
function inWords(error: unknown, host: string): string {
  if (error instanceof AddressRefused) return `${host} stands for no address that may be called`;
  const { name, code } = error as { readonly name?: unknown; readonly code?: unknown };
  if (name === 'TimeoutError' || (typeof code === 'string' && code.endsWith('_TIMEOUT'))) return 'no answer in time';
  if (code === 'ECONNREFUSED') return 'the connection was refused';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `the name ${host} is not known`;
  if (typeof code === 'string' && /CERT|SIGNATURE|ALTNAME|SSL|TLS/.test(code))
    return `the certificate of ${host} is not trusted (${code})`;
  if (code === 'ECONNRESET' || code === 'EPIPE' || code === 'UND_ERR_SOCKET') return 'the connection was lost';
  return typeof code === 'string' ? `the connection failed (${code})` : 'the connection failed';
}
