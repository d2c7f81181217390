import { type Provider, type ProviderRegistry, providerRegistry } from '../../src/domain/provider.ts';
import type { Runtime } from '../../src/domain/runtime.ts';
import { Secret } from '../../src/domain/secret.ts';
import {
  type Credentials,
  type FailureKind,
  type SigningContext,
  type VendorCallReport,
  VendorError,
  type VendorFailure,
  type VendorReply,
  type VendorRequest,
} from '../../src/domain/vendor.ts';
import type { TencentAccount } from '../../src/providers/tencent/account.ts';
import { createVendorClient } from '../../src/transport/client.ts';
import type { Exchange } from '../../src/transport/exchange.ts';

export const noon = Date.UTC(2026, 10, 21, 12);

/** Time that advances only by sleeps and by the test. Sleepers wake in the order of their times. */
export class VirtualTime implements Runtime {
  #now = noon;
  #count = 0;
  readonly slept: number[] = [];

  now = () => this.#now;
  monotonic = () => this.#now;
  randomBytes = (count: number) => new Uint8Array(count).fill(128);
  uuid = () => `nonce-${++this.#count}`;
  sleep = async (ms: number) => {
    this.slept.push(ms);
    this.#now += ms;
  };
  pass(ms: number): void {
    this.#now += ms;
  }
}

export const account: TencentAccount = {
  name: 'tc-main',
  provider: 'tencent',
  region: 'ap-guangzhou',
  endpoints: { sqlserver: 'http://127.0.0.1:9' },
  limits: { readsPerSecond: 1000, writesPerSecond: 1000 },
  timeZone: '+08:00',
};

export function request(effect: 'read' | 'write', operation = 'Operation'): VendorRequest {
  return { operation, service: 'sqlserver', effect, method: 'POST', path: '/', query: [], headers: {}, body: {} };
}

export function failure(kind: FailureKind, more: Partial<VendorFailure> = {}): VendorFailure {
  return {
    kind,
    code: 'provider_unavailable',
    detail: kind,
    retryable: true,
    provider: {
      name: 'tencent',
      operation: 'Operation',
      code: null,
      message: null,
      requestId: null,
      httpStatus: null,
    },
    ...more,
  };
}

export function refused(kind: FailureKind = 'unauthenticated'): VendorError {
  return new VendorError(failure(kind, { code: 'provider_auth_failed', retryable: false }));
}

export function reply(body = '{}', more: Partial<VendorReply> = {}): VendorReply {
  return { httpStatus: 200, headers: {}, body, receivedAt: noon, ...more };
}

export function key(secret = 'secret'): Credentials {
  return { provider: 'tencent', secretId: 'id', secretKey: new Secret(secret) };
}

/** A registry that returns one provider for every id. */
export function only(provider: Provider): ProviderRegistry {
  return providerRegistry([provider]);
}

/** A provider that reads the failure from the body of a reply and records what it signs. */
export function fakeProvider(login: Provider['login'] = () => null): Provider & { readonly signed: SigningContext[] } {
  const signed: SigningContext[] = [];
  const provider = {
    id: 'tencent',
    callLimits: {},
    cloudId: () => null,
    endpoint: () => 'http://127.0.0.1:9',
    sign: (each: VendorRequest, context: SigningContext) => {
      signed.push(context);
      return { method: 'POST', url: `${context.endpoint}/${each.operation}`, headers: {}, body: '{}' };
    },
    failureOf: (_request: VendorRequest, answered: VendorReply) => JSON.parse(answered.body).failure ?? null,
    requestIdOf: (answered: VendorReply) => answered.headers['x-request-id'] ?? null,
    login,
  };
  return Object.assign(provider as unknown as Provider, { signed });
}

/** Answers in order: a vendor failure, an exception of the exchange, or a reply. The last one repeats. */
export function scripted(...answers: readonly (VendorFailure | Error | VendorReply)[]) {
  const sent: string[] = [];
  const exchange: Exchange = {
    async send(signed, now) {
      const answer = answers[Math.min(sent.length, answers.length - 1)];
      sent.push(signed.url.split('/').at(-1) ?? '');
      if (answer instanceof Error) throw answer;
      if (answer === undefined) return reply();
      return 'kind' in answer
        ? reply(JSON.stringify({ failure: answer }), { receivedAt: now() })
        : { ...answer, receivedAt: now() };
    },
    close: async () => undefined,
  };
  return { exchange, sent };
}

/** An error with the code of a socket error. */
export function socketError(code: string, syscall?: string): Error {
  return Object.assign(new Error(code), { code, ...(syscall !== undefined && { syscall }) });
}

/** A client over a script of answers, with what it reports and signs. */
export function clientOver(
  script: ReturnType<typeof scripted>,
  options: {
    readonly login?: Provider['login'];
    readonly credentials?: () => Promise<Credentials>;
    readonly time?: VirtualTime;
  } = {},
) {
  const provider = fakeProvider(options.login);
  const time = options.time ?? new VirtualTime();
  const reports: VendorCallReport[] = [];
  const client = createVendorClient({
    providers: only(provider),
    exchangeOf: () => script.exchange,
    runtime: time,
    credentialsOf: options.credentials ?? (async () => key()),
    report: (each) => reports.push(each),
  });
  return { client, time, reports, signed: provider.signed };
}

/** The kind of failure that work ends with. */
export async function kindOf(work: Promise<unknown>): Promise<FailureKind | 'ok'> {
  try {
    await work;
    return 'ok';
  } catch (error) {
    if (error instanceof VendorError) return error.failure.kind;
    throw error;
  }
}
