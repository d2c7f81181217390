import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import { type AgentOptions, Agent as HttpAgent, type IncomingMessage, request as plainRequest } from 'node:http';
import { Agent as HttpsAgent, request as tlsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { getCACertificates } from 'node:tls';
import { type AddressPolicy, addressFault, bareHost, urlFault } from '../domain/address-policy.ts';
import type { Instant } from '../domain/migration.ts';
import { directly, type OutboundSettings, ownMachine } from '../domain/outbound.ts';
import { readRetryAfter } from '../domain/retry-after.ts';
import { type AttemptResult, maxWishMs } from './schedule.ts';

/** Bytes of an answer that are read, and not kept, so that its connection can be used again. */
const maxAnswerBytes = 16 * 1024;
/** How long a connection is kept that nobody uses, in milliseconds. */
const idleMs = 10_000;

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
export function createSender(
  settings: SenderSettings,
  now: () => Instant,
  resolve: Resolve = lookup,
  outbound: OutboundSettings = directly,
): Sender {
  const { timeoutMs } = settings;
  // As many connections as are wanted at once, which is limited elsewhere: time spent waiting for one would count against the receiver.
  const connections = {
    keepAlive: true,
    timeout: idleMs,
    lookup: allowedLookup(settings, resolve, proxyHosts(outbound)),
    ...wayOut(outbound),
  };
  const agents = { 'http:': new HttpAgent(connections), 'https:': new HttpsAgent(connections) };

  /** Node's own client takes whatever a receiver says before its answer, such as a `100 Continue` that nobody asked for. */
  function send(url: URL, headers: Readonly<Record<string, string>>, body: string): Promise<IncomingMessage> {
    return new Promise((done, fail) => {
      const signal = AbortSignal.timeout(timeoutMs);
      const length = { 'content-length': String(Buffer.byteLength(body)) };
      const options = { method: 'POST', headers: { ...headers, ...length }, signal, maxHeaderSize: maxAnswerBytes };
      const request =
        url.protocol === 'https:'
          ? tlsRequest(url, { ...options, agent: agents['https:'] })
          : plainRequest(url, { ...options, agent: agents['http:'] });
      request.once('response', done);
      request.once('error', (error) => {
        // A connection that was kept may have been closed by the receiver in this very moment: nothing of this request was read.
        const stale = request.reusedSocket && (error as NodeJS.ErrnoException).code === 'ECONNRESET';
        fail(stale ? new StaleConnection() : error);
      });
      request.end(body);
    });
  }

  return {
    async post(text, headers, body) {
      // A connection to an address asks no name service. And what was allowed once may not be any more.
      const fault = urlFault(text, settings);
      if (fault !== null) return { status: null, error: `the URL ${fault.replace(/\.$/, '')}` };
      const url = new URL(text);
      try {
        const answer = await send(url, headers, body).catch((error: unknown) => {
          if (error instanceof StaleConnection) return send(url, headers, body);
          throw error;
        });
        await passedOver(answer);
        const { date, 'retry-after': retryAfter } = answer.headers;
        const told = {
          ...(date !== undefined && { date }),
          ...(retryAfter !== undefined && { 'retry-after': retryAfter }),
        };
        return {
          status: answer.statusCode ?? 0,
          retryAfterMs: readRetryAfter(told, now(), maxWishMs) ?? null,
        };
      } catch (error) {
        const words = inWords(error, bareHost(url));
        return { status: null, error: words, ...(words === noAnswer && { timedOut: true }) };
      }
    },
    async close() {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

/** Reads an answer to its end, so that its connection can be used again; one that is long or does not end costs its connection. */
function passedOver(answer: IncomingMessage): Promise<void> {
  return new Promise((done) => {
    let bytes = 0;
    answer.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxAnswerBytes) answer.destroy();
    });
    answer.on('error', () => undefined);
    answer.once('close', done);
  });
}

class StaleConnection extends Error {}
const noAnswer = 'no answer in time';

class AddressRefused extends Error {}

/** The options of an agent that goes out as the settings say. A proxy looks the names of receivers up itself. */
function wayOut({ proxy, ca }: OutboundSettings): AgentOptions & { readonly ca?: string[] } {
  return {
    ...(ca !== null && { ca: [...getCACertificates('default'), ca] }),
    ...(proxy !== null && {
      proxyEnv: {
        HTTP_PROXY: proxy.http?.reveal() ?? '',
        HTTPS_PROXY: proxy.https?.reveal() ?? '',
        NO_PROXY: `${ownMachine},${proxy.except}`,
      },
    }),
  };
}

/** The configuration names the proxies, so their own addresses may be private. */
function proxyHosts({ proxy }: OutboundSettings): ReadonlySet<string> {
  const urls = [proxy?.http, proxy?.https].flatMap((url) => (url ? [url.reveal()] : []));
  return new Set(urls.map((url) => bareHost(new URL(url))));
}

/** Looks a name up and keeps the addresses that may be called; an error when there is none. */
function allowedLookup(policy: AddressPolicy, resolve: Resolve, exempt: ReadonlySet<string>): LookupFunction {
  return (hostname, options, done) => {
    if (exempt.has(hostname.toLowerCase())) return void lookup(hostname, options, done as never);
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

/** A library's message is never passed on, because it may hold the URL. */
function inWords(error: unknown, host: string): string {
  if (error instanceof AddressRefused) return `${host} stands for no address that may be called`;
  const { name, code } = error as { readonly name?: unknown; readonly code?: unknown };
  if (name === 'TimeoutError' || name === 'AbortError' || (typeof code === 'string' && code.endsWith('_TIMEOUT')))
    return noAnswer;
  if (code === 'ECONNREFUSED') return 'the connection was refused';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `the name ${host} is not known`;
  // What a server without TLS says to a greeting of TLS.
  if (
    typeof code === 'string' &&
    /^(EPROTO|ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST))$/.test(code)
  )
    return `${host} does not speak TLS at this port`;
  if (typeof code === 'string' && /CERT|SIGNATURE|ALTNAME|SSL|TLS/.test(code))
    return `the certificate of ${host} is not trusted (${code})`;
  if (code === 'ECONNRESET' || code === 'EPIPE' || code === 'UND_ERR_SOCKET') return 'the connection was lost';
  return typeof code === 'string' ? `the connection failed (${code})` : 'the connection failed';
}
