/** Settings of the HTTP surface. Times are in milliseconds unless the name has another unit. */
export interface HttpSettings {
  /** Shown in the OpenAPI document and at `/`. */
  readonly version: string;
  /** The environment: the built-in emulated clouds, or configured accounts of real ones. */
  readonly environment: 'sandbox' | 'live';
  /** The gateway's URL for callers, such as `https://apis.example.com/godwit`; null: the host that they called. */
  readonly publicUrl: string | null;
  /** Addresses and networks (CIDR) of proxies whose `X-Forwarded-For` and `X-Forwarded-Prefix` are trusted. */
  readonly trustedProxies: readonly string[];
  /** Accepted host names, in lower case, of a gateway without authentication, besides those of its own machine. */
  readonly allowedHosts: readonly string[];
  /** Origins whose pages may call the API (CORS). */
  readonly corsOrigins: readonly string[];
  /** Maximum size of a body, in bytes. */
  readonly bodyLimitBytes: number;
  /** Maximum time for a whole request to arrive. */
  readonly requestTimeoutMs: number;
  /** Maximum time for the headers of a request to arrive. */
  readonly headersTimeoutMs: number;
  /** How long an idle connection is kept. Must exceed the load balancer's keep-alive, which would otherwise use closed connections. */
  readonly keepAliveTimeoutMs: number;
  /** Maximum number of open connections; one address gets at most half of them. */
  readonly maxConnections: number;
  /**
   * A connection is closed when its peer reads nothing of a long response for this time. Must exceed the heartbeat interval of event
   * streams.
   */
  readonly stalledReaderMs: number;
  /** Whether `/docs`, `/openapi.json`, `/problems` and `/` are open without credentials. */
  readonly publicDocumentation: boolean;
  /** Whether `/metrics` is open without credentials. */
  readonly publicMetrics: boolean;
  /** Whether Swagger UI is served at `/docs`. */
  readonly explorer: boolean;
  /** The limit per caller, and per address for requests with missing or wrong credentials; null: no limit. */
  readonly rateLimit: RateLimit | null | (() => RateLimit | null);
  /** How long a submission without `Prefer: wait` waits for the vendor. */
  readonly defaultWaitSeconds: number;
  /** The longest wait that `Prefer: wait` can request. */
  readonly maxWaitSeconds: number;
  /** How long an unanswered idempotency key of another process counts as in progress; after that its process counts as dead. */
  readonly idempotencyInProgressMs: number;
  /** Requests are rejected while the average event loop lag exceeds this; null: never. */
  readonly maxEventLoopDelayMs: number | null;
  /** Maximum number of open event streams. */
  readonly maxEventStreams: number;
  /** Maximum number of open event streams of one authenticated caller. */
  readonly maxEventStreamsOfOneCaller: number;
}

/** Reads the current rate limit, which can change at run time. */
export function rateLimitOf({ rateLimit }: Pick<HttpSettings, 'rateLimit'>): () => RateLimit | null {
  return typeof rateLimit === 'function' ? rateLimit : () => rateLimit;
}

export interface RateLimit {
  /** Requests per window; also the maximum burst. */
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
