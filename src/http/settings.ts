/** How the HTTP surface behaves. Times in milliseconds unless the name says otherwise. */
export interface HttpSettings {
  /** Shown in the OpenAPI document and at `/`. */
  readonly version: string;
  /** The environment: the built-in emulated clouds, or configured accounts of real ones. */
  readonly environment: 'sandbox' | 'live';
  /** Where callers find this gateway, such as `https://apis.example.com/godwit`; null: where they called it. */
  readonly publicUrl: string | null;
  /** Addresses and networks (CIDR) of proxies whose `X-Forwarded-For` and `X-Forwarded-Prefix` are believed. */
  readonly trustedProxies: readonly string[];
  /** Names, in lower case, by which a gateway without authentication may be called, beside those of its machine. */
  readonly allowedHosts: readonly string[];
  /** Origins whose pages may call the API. */
  readonly corsOrigins: readonly string[];
  /** Largest body, in bytes. */
  readonly bodyLimitBytes: number;
  /** Time for a whole request to arrive. */
  readonly requestTimeoutMs: number;
  readonly headersTimeoutMs: number;
  /** Keep-alive of an idle connection, longer than the load balancer’s, which would otherwise use closed connections. */
  readonly keepAliveTimeoutMs: number;
  readonly maxConnections: number;
  /** A reader who takes nothing of an answer for so long is cut off. Longer than the pause between two signs of life of a stream. */
  readonly stalledReaderMs: number;
  /** Whether `/docs`, `/openapi.json`, `/problems` and `/` are open without credentials. */
  readonly publicDocumentation: boolean;
  /** Whether `/metrics` is open without credentials. */
  readonly publicMetrics: boolean;
  /** Whether Swagger UI is served at `/docs`. */
  readonly explorer: boolean;
  /** Per caller, and per address for requests with missing or wrong credentials; null: no limit. */
  readonly rateLimit: RateLimit | null | (() => RateLimit | null);
  /** How long a submission waits for the vendor without `Prefer: wait`. */
  readonly defaultWaitSeconds: number;
  readonly maxWaitSeconds: number;
  /** How long an unanswered idempotency key counts as in progress; after that its process counts as dead. */
  readonly idempotencyInProgressMs: number;
  /** Requests are refused while a turn of the event loop takes longer than this on average; null: never. */
  readonly maxEventLoopDelayMs: number | null;
  /** How many event streams may be open at once. */
  readonly maxEventStreams: number;
  readonly maxEventStreamsOfOneCaller: number;
}

/** The rate limit as it is now: a running gateway may be given another one. */
export function rateLimitOf({ rateLimit }: Pick<HttpSettings, 'rateLimit'>): () => RateLimit | null {
  return typeof rateLimit === 'function' ? rateLimit : () => rateLimit;
}

export interface RateLimit {
  /** Requests per window; also the largest burst. */
  readonly requests: number;
  readonly windowSeconds: number;
}

export const defaultHttpSettings: HttpSettings = {
  version: '0.1.0',
  environment: 'live',
  publicUrl: null,
  trustedProxies: [],
  allowedHosts: [],
  corsOrigins: [],
  bodyLimitBytes: 1_048_576,
  requestTimeoutMs: 30_000,
  headersTimeoutMs: 15_000,
  keepAliveTimeoutMs: 75_000,
  maxConnections: 10_000,
  stalledReaderMs: 30_000,
  publicDocumentation: true,
  publicMetrics: false,
  explorer: true,
  rateLimit: null,
  defaultWaitSeconds: 10,
  maxWaitSeconds: 20,
  idempotencyInProgressMs: 60_000,
  maxEventLoopDelayMs: 500,
  maxEventStreams: 1000,
  maxEventStreamsOfOneCaller: 500,
};
