import type { Dispatcher } from 'undici';
import type { Account, SignedRequest, VendorReply } from '../domain/vendor.ts';
import { dispatcherMaker, type MakeDispatcher } from './outbound.ts';

/** Settings of an HTTP exchange. */
export interface ExchangeSettings {
  /** Deadline in milliseconds. It applies to the headers, to the body, and to the whole call; connecting may take half of it. */
  readonly callTimeoutMs: number;
  /** Maximum size of a response body in bytes. Default: 4 MiB. */
  readonly maxBodyBytes?: number;
  /** Maximum number of sockets per origin. The default exceeds the concurrent calls of all accounts, so that no call waits for a socket. */
  readonly connections?: number;
  /** Creates the connections. Default: direct connections. */
  readonly dispatcher?: MakeDispatcher;
}

/** Sends one signed request and returns the response. Throws the errors of undici. */
export interface Exchange {
  send(request: SignedRequest, now: () => number): Promise<VendorReply>;
  close(): Promise<void>;
}

/** Huawei returns tokens in a header that can exceed the default limit of 16 KiB. */
const maxHeaderSize = 128 * 1024;

/** Creates an exchange with one connection pool per origin, deadlines and a maximum response size. It does not retry. */
export function createExchange({
  callTimeoutMs,
  maxBodyBytes = 4 * 1024 * 1024,
  connections = 512,
  dispatcher = dispatcherMaker(),
}: ExchangeSettings): Exchange {
  let agent: Dispatcher | null = null;
  const connect = (): Dispatcher =>
    dispatcher({
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
    send: (request, now) =>
      new Promise((resolve, reject) => {
        const call = new Call(request.cutAt, callTimeoutMs, (outcome) => {
          if ('error' in outcome) reject(outcome.error);
          else resolve({ ...outcome, receivedAt: now() });
        });
        agent ??= connect();
        agent.dispatch(
          {
            ...target(request.url),
            method: request.method,
            headers: request.headers,
            body: request.body ?? null,
          },
          call,
        );
      }),
    close: async () => {
      await agent?.destroy();
    },
  };
}

type Outcome = Omit<VendorReply, 'receivedAt'> | { readonly error: unknown };

/**
 * Handler of one call for undici. The call ends with the whole response, with the first `cutAt` bytes of it, with an error, or at its
 * deadline. The body is collected in chunks, without a stream.
 */
class Call implements Dispatcher.DispatchHandler {
  readonly #cutAt: number | undefined;
  readonly #timer: NodeJS.Timeout;
  readonly #chunks: Buffer[] = [];
  #length = 0;
  #httpStatus = 0;
  #headers: Record<string, string> = {};
  #controller: Dispatcher.DispatchController | null = null;
  #settle: ((outcome: Outcome) => void) | null;

  constructor(cutAt: number | undefined, timeoutMs: number, settle: (outcome: Outcome) => void) {
    this.#cutAt = cutAt;
    this.#settle = settle;
    this.#timer = setTimeout(() => this.#breakOff(new Error('The call took longer than its deadline.')), timeoutMs);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // The call waited for a connection until its deadline. Aborting it here keeps it from being sent.
    if (this.#settle === null) controller.abort(new Error('The call had ended.'));
    this.#controller = controller;
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: Dispatcher.ResponseData['headers']): void {
    this.#httpStatus = status;
    this.#headers = flat(headers);
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    // Enough of the body has arrived. Closing the connection avoids reading the remainder.
    if (this.#isBinary && this.#length > (this.#cutAt ?? 0)) {
      this.onResponseEnd();
      this.#controller?.abort(new Error('The requested part of the answer has arrived.'));
    }
  }

  onResponseEnd(): void {
    const [first = Buffer.alloc(0)] = this.#chunks;
    const body = this.#chunks.length <= 1 ? first : Buffer.concat(this.#chunks);
    const head = { httpStatus: this.#httpStatus, headers: this.#headers };
    if (this.#isBinary) this.#end({ ...head, body: '', bytes: Buffer.from(body.subarray(0, this.#cutAt)) });
    else this.#end({ ...head, body: textOf(body) });
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#end({ error });
  }

  /** A successful response to a range request is binary. An error response is text. */
  get #isBinary(): boolean {
    return this.#cutAt !== undefined && this.#httpStatus >= 200 && this.#httpStatus < 300;
  }

  #breakOff(error: Error): void {
    this.#end({ error });
    this.#controller?.abort(error);
  }

  #end(outcome: Outcome): void {
    clearTimeout(this.#timer);
    this.#settle?.(outcome);
    this.#settle = null;
  }
}

const byteOrderMark = '\ufeff';

function textOf(body: Buffer): string {
  const text = body.toString('utf8');
  return text.startsWith(byteOrderMark) ? text.slice(1) : text;
}

/**
 * Splits a URL without normalizing it. `new URL` removes segments such as `/./`, which an object's key may contain and the signature
 * covers.
 */
function target(url: string): { origin: string; path: string } {
  const start = url.slice(8).search(/[/?]/) + 8;
  if (start < 8) return { origin: url, path: '/' };
  const path = url.slice(start);
  return { origin: url.slice(0, start), path: path.startsWith('/') ? path : `/${path}` };
}

/** Joins repeated headers. undici delivers header names in lower case. */
function flat(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const result: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) result[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return result;
}

/** Creates the exchanges of all accounts. Accounts with the same outbound settings share an exchange. */
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
