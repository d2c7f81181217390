import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import type { AgentOptions, IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as tlsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { getCACertificates } from 'node:tls';
import { type AddressPolicy, addressFault, bareHost, urlFault } from '../domain/address-policy.ts';
import type { Instant } from '../domain/migration.ts';
import { directly, type OutboundSettings, ownMachine } from '../domain/outbound.ts';
import { readRetryAfter } from '../domain/retry-after.ts';
import { type AttemptResult, maxWishMs } from './schedule.ts';

// Not imported: an import statement reads every export of the module, and one of them loads the undici that Node includes.
const { Agent: HttpAgent, request: plainRequest } = process.getBuiltinModule('node:http');

/** Maximum size of a response in bytes. Its body is read and discarded, so that the connection can be reused. */
const maxAnswerBytes = 16 * 1024;
/** Milliseconds after which an idle connection is closed. */
const idleMs = 10_000;
/** Maximum number of certificate sets whose connections are kept. */
const maxTlsAgents = 100;

/** Sends messages to receivers. */
export interface Sender {
  /** Sends one message. Never rejects, because failures are results. `ca`: additional trusted certificate authorities (PEM). */
  post(
    url: string,
    headers: Readonly<Record<string, string>>,
    body: string,
    ca?: string | null,
  ): Promise<AttemptResult>;
  /** Closes all connections. */
  close(): Promise<void>;
}

/** The address policy for receivers, and the deadline. */
export interface SenderSettings extends AddressPolicy {
  /** Deadline of one request, including the connection, in milliseconds. */
  readonly timeoutMs: number;
}

/** Resolves a name to addresses, as `dns.lookup` does. */
export type Resolve = (
  name: string,
  options: LookupOptions & { readonly all: true },
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** Creates a sender. It connects only to addresses that the policy allows, checked after each name resolution, and follows no redirects. */
export function createSender(
  settings: SenderSettings,
  now: () => Instant,
  resolve: Resolve = lookup,
  outbound: OutboundSettings = directly,
): Sender {
  const { timeoutMs } = settings;
  // The number of connections is limited by `Shares`. A limit here would make attempts wait and count against the receiver.
  const connections = {
    keepAlive: true,
    timeout: idleMs,
    lookup: allowedLookup(settings, resolve, proxyHosts(outbound)),
    ...wayOut(outbound),
  };
  const plainAgent = new HttpAgent(connections);
  /** Agents by additional certificates; the empty text means none. */
  const tlsAgents = new Map<string, HttpsAgent>([['', new HttpsAgent(connections)]]);

  function tlsAgent(ca: string): HttpsAgent {
    const known = tlsAgents.get(ca);
    if (known !== undefined) return known;
    const made = new HttpsAgent({ ...connections, ca: [...(connections.ca ?? getCACertificates('default')), ca] });
    tlsAgents.set(ca, made);
    const [, oldest] = tlsAgents.keys();
    // Attempts under way keep their agent; its idle connections end by themselves.
    if (tlsAgents.size > maxTlsAgents && oldest !== undefined) tlsAgents.delete(oldest);
    return made;
  }

  /** Sends a request with Node's own client, because that accepts interim responses such as an unrequested `100 Continue`. */
  function send(
    url: URL,
    headers: Readonly<Record<string, string>>,
    body: string,
    ca: string | null,
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    return new Promise((done, fail) => {
      const length = { 'content-length': String(Buffer.byteLength(body)) };
      const options = { method: 'POST', headers: { ...headers, ...length }, signal, maxHeaderSize: maxAnswerBytes };
      const request =
        url.protocol === 'https:'
          ? tlsRequest(url, { ...options, agent: tlsAgent(ca ?? '') })
          : plainRequest(url, { ...options, agent: plainAgent });
      request.once('response', done);
      request.once('error', (error) => {
        // The receiver may have closed the reused connection at this moment, before it read any of the request.
        const stale = request.reusedSocket && (error as NodeJS.ErrnoException).code === 'ECONNRESET';
        fail(stale ? new StaleConnection() : error);
      });
      request.end(body);
    });
  }

  return {
    async post(text, headers, body, ca = null) {
      // Checked again, because a URL with an IP address needs no name resolution, and the policy may have changed since the URL was accepted.
      const fault = urlFault(text, settings);
      if (fault !== null) return { status: null, error: `the URL ${fault.replace(/\.$/, '')}` };
      const url = new URL(text);
      // One deadline for both tries, because the lease of a delivery outlasts a single one only.
      const signal = AbortSignal.timeout(timeoutMs);
      try {
        const answer = await send(url, headers, body, ca, signal).catch((error: unknown) => {
          if (error instanceof StaleConnection) return send(url, headers, body, ca, signal);
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
      for (const agent of [plainAgent, ...tlsAgents.values()]) agent.destroy();
    },
  };
}

/** Reads a response to its end, so that its connection can be reused. A response beyond the maximum size closes the connection. */
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

/** The agent options for proxies and certificates. A proxy resolves the receivers' names itself. */
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

/** Hosts of the proxies. Their addresses may be private, because the configuration names them. */
function proxyHosts({ proxy }: OutboundSettings): ReadonlySet<string> {
  const urls = [proxy?.http, proxy?.https].flatMap((url) => (url ? [url.reveal()] : []));
  return new Set(urls.map((url) => bareHost(new URL(url))));
}

/** A lookup that returns only allowed addresses, and fails if there are none. `exempt`: hosts that are not checked. */
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

/** The failure in Godwit's own words, because a library's message may contain the URL. */
function inWords(error: unknown, host: string): string {
  if (error instanceof AddressRefused) return `${host} resolves to no address that Godwit may call`;
  const { name, code } = error as { readonly name?: unknown; readonly code?: unknown };
  if (name === 'TimeoutError' || name === 'AbortError' || (typeof code === 'string' && code.endsWith('_TIMEOUT')))
    return noAnswer;
  if (code === 'ECONNREFUSED') return 'the connection was refused';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `the host name ${host} does not resolve`;
  // Errors of a server that does not use TLS at this port.
  if (
    typeof code === 'string' &&
    /^(EPROTO|ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST))$/.test(code)
  )
    return `${host} does not speak TLS on this port`;
  if (typeof code === 'string' && /CERT|SIGNATURE|ALTNAME|SSL|TLS/.test(code))
    return `the certificate of ${host} is not trusted (${code})`;
  if (code === 'ECONNRESET' || code === 'EPIPE' || code === 'UND_ERR_SOCKET') return 'the connection was lost';
  return typeof code === 'string' ? `the connection failed (${code})` : 'the connection failed';
}
