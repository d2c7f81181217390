import type { Account, SignedRequest, VendorReply } from '../domain/vendor.ts';
import { dispatcherMaker, type MakeDispatcher } from './outbound.ts';

export interface ExchangeSettings {
  /** For connecting, for the headers and for the body, each; and for all together. Milliseconds. */
  readonly callTimeoutMs: number;
  /** Bytes of an answer's body. */
  readonly maxBodyBytes?: number;
  /** Sockets per origin. Default: more than all accounts together have calls under way, so that none waits for a socket within its deadline. */
  readonly connections?: number;
  /** Default: directly. */
  readonly dispatcher?: MakeDispatcher;
}

/** Sends one signed request and returns the response. Throws what undici throws. */
export interface Exchange {
  send(request: SignedRequest, now: () => number): Promise<VendorReply>;
  close(): Promise<void>;
}

/** Huawei tokens come in a header that can exceed the usual 16 KiB. */
const maxHeaderSize = 128 * 1024;

/** One pool per origin, with deadlines and a limit on the size of answers. Nothing is retried here. */
export function createExchange({
  callTimeoutMs,
  maxBodyBytes = 4 * 1024 * 1024,
  connections = 512,
  dispatcher = dispatcherMaker(),
}: ExchangeSettings): Exchange {
  const agent = dispatcher({
    connections,
    pipelining: 1,
    maxHeaderSize,
    maxResponseSize: maxBodyBytes,
    headersTimeout: callTimeoutMs,
    bodyTimeout: callTimeoutMs,
    connect: { timeout: Math.max(Math.floor(callTimeoutMs / 2), 1) },
    keepAliveTimeout: 10_000,
  });
  return {
    async send(request, now) {
      // Not `AbortSignal.timeout`, whose timer goes on after the answer.
      const deadline = new AbortController();
      const timer = setTimeout(() => deadline.abort(tookTooLong()), callTimeoutMs);
      try {
        const { statusCode, headers, body } = await agent.request({
          ...target(request.url),
          method: request.method as 'GET',
          headers: request.headers,
          body: request.body ?? null,
          signal: deadline.signal,
        });
        const answer = { httpStatus: statusCode, headers: flat(headers) };
        if (request.cutAt === undefined || statusCode < 200 || statusCode >= 300)
          return { ...answer, body: await body.text(), receivedAt: now() };
        const bytes = await firstBytes(body, request.cutAt);
        return { ...answer, body: '', bytes, receivedAt: now() };
      } finally {
        clearTimeout(timer);
      }
    },
    close: () => agent.destroy(),
  };
}

/** Splits a URL without parsing it: a parsed one loses segments such as `/./`, which an object's key may hold and the signature covers. */
function target(url: string): { origin: string; path: string } {
  const start = url.slice(8).search(/[/?]/) + 8;
  if (start < 8) return { origin: url, path: '/' };
  const path = url.slice(start);
  return { origin: url.slice(0, start), path: path.startsWith('/') ? path : `/${path}` };
}

const tookTooLong = () => new DOMException('The call took longer than its deadline.', 'TimeoutError');

/** Reads at most that many bytes and closes the connection instead of waiting for the rest. */
async function firstBytes(body: AsyncIterable<Uint8Array>, most: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of body) {
    parts.push(part);
    length += part.length;
    if (length > most) break;
  }
  return Buffer.concat(parts, Math.min(length, most));
}

function flat(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) result[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  return result;
}

/** The exchanges of all accounts: one for each way out. */
export function createExchanges(
  callTimeoutMs: number,
  outboundOf: (account: Account) => MakeDispatcher,
): { of(account: Account): Exchange; close(): Promise<void> } {
  const exchanges = new Map<MakeDispatcher, Exchange>();
  return {
    of(account) {
      const dispatcher = outboundOf(account);
      const exchange = exchanges.get(dispatcher) ?? createExchange({ callTimeoutMs, dispatcher });
      exchanges.set(dispatcher, exchange);
      return exchange;
    },
    async close() {
      await Promise.all([...exchanges.values()].map((each) => each.close()));
    },
  };
}
