import type { Dispatcher } from 'undici';
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
 * What undici tells of one call, until it ends: with the whole answer, with as much of it as was wanted, with an error, or at its deadline. A body
 * is read as it comes, without a stream in between.
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
    // It had to wait for a connection until its deadline: nothing of it may leave.
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
    // The connection is closed instead of waiting for the rest.
    if (this.#isBinary && this.#length > (this.#cutAt ?? 0)) {
      this.onResponseEnd();
      this.#controller?.abort(new Error('Enough of the answer has come.'));
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

  /** What was asked for in part is bytes; an error is text. */
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

/** Splits a URL without parsing it: a parsed one loses segments such as `/./`, which an object's key may hold and the signature covers. */
function target(url: string): { origin: string; path: string } {
  const start = url.slice(8).search(/[/?]/) + 8;
  if (start < 8) return { origin: url, path: '/' };
  const path = url.slice(start);
  return { origin: url.slice(0, start), path: path.startsWith('/') ? path : `/${path}` };
}

/** Names come in lower case. */
function flat(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const result: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) result[name] = Array.isArray(value) ? value.join(', ') : value;
  }
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
