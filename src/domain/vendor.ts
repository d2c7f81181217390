import type { Instant } from './migration.ts';
import type { ProblemCode, VendorErrorDetails } from './problem.ts';
import type { Secret } from './secret.ts';
import type { ProviderId } from './vocabulary.ts';

/** A request to a vendor before it is signed. Pure data. */
export interface VendorRequest {
  /** The vendor's name of the operation, such as `CreateMigrateTask`. It appears in errors, logs and metrics. */
  readonly operation: string;
  /** The service to call, such as `rds`, `drs`, `iam` or `sqlserver`. It determines the endpoint. */
  readonly service: string;
  /** The transport never repeats a `write` that may have arrived. */
  readonly effect: 'read' | 'write';
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Path of the URL. The signer replaces `{project_id}`. */
  readonly path: string;
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly headers: Readonly<Record<string, string>>;
  /** JSON value of the body; undefined: no body. */
  readonly body: unknown;
  /** For an object store: bucket and key (null: the bucket itself). `maxBytes`: maximum number of bytes to read from an object. */
  readonly object?: { readonly bucket: string; readonly key: string | null; readonly maxBytes?: number };
}

/** A signed request, ready to send. It contains secrets and must not be logged. */
export interface SignedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** Maximum number of bytes of a binary response. The rest is cut off. */
  readonly cutAt?: number;
}

/** A vendor's HTTP response. */
export interface VendorReply {
  readonly httpStatus: number;
  /** Names are in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Limited by the transport. */
  readonly body: string;
  /** Body of a successful response to a request with `cutAt`; `body` is then empty. */
  readonly bytes?: Buffer;
  readonly receivedAt: Instant;
}

/**
 * The kind of a failure, which determines what happens next.
 *
 * | kind | meaning | executed? |
 * |---|---|---|
 * | `rejected` | the vendor refuses this request for good | no |
 * | `busy` | the state of the vendor's resource forbids it now | no |
 * | `throttled` | too many calls | no |
 * | `unauthenticated` | credentials or permissions are wrong | no |
 * | `session_expired` | token or temporary credentials have expired; refresh once | no |
 * | `clock_skew` | the time of the signature is refused; learn the offset and sign again once | no |
 * | `not_found` | the object does not exist | no |
 * | `not_sent` | not sent: no connection (name, route, refused, TLS), or held back locally | no |
 * | `replayed` | the vendor has seen this nonce before | unknown |
 * | `timeout` | no response in time, or the connection broke after sending | unknown |
 * | `unavailable` | HTTP status 5xx | unknown |
 * | `malformed` | malformed response | unknown |
 */
export type FailureKind =
  | 'rejected'
  | 'busy'
  | 'throttled'
  | 'unauthenticated'
  | 'session_expired'
  | 'clock_skew'
  | 'not_found'
  | 'not_sent'
  | 'replayed'
  | 'timeout'
  | 'unavailable'
  | 'malformed';

/** The defaults of a kind of failure. A vendor's tables may override `code` and `retryable`. */
export interface KindMeaning {
  readonly code: ProblemCode;
  /** Whether the same request can succeed later. */
  readonly retryable: boolean;
  /** Whether the vendor may have executed a changing call that failed this way. */
  readonly outcomeUnknown: boolean;
}

function meaning(code: ProblemCode, retryable: boolean, outcomeUnknown = false): KindMeaning {
  return { code, retryable, outcomeUnknown };
}

/** The defaults of each kind of failure. */
export const failureKinds: Readonly<Record<FailureKind, KindMeaning>> = {
  rejected: meaning('provider_rejected', false),
  busy: meaning('provider_conflict', true),
  throttled: meaning('provider_throttled', true),
  unauthenticated: meaning('provider_auth_failed', false),
  session_expired: meaning('provider_auth_failed', false),
  clock_skew: meaning('provider_auth_failed', false),
  not_found: meaning('provider_rejected', false),
  not_sent: meaning('provider_unavailable', true),
  replayed: meaning('provider_conflict', true, true),
  timeout: meaning('provider_timeout', true, true),
  unavailable: meaning('provider_unavailable', true, true),
  malformed: meaning('provider_protocol_error', true, true),
};

/** Whether the vendor may have executed a changing call that failed this way. */
export function mayHaveHappened(kind: FailureKind): boolean {
  return failureKinds[kind].outcomeUnknown;
}

/** A failed vendor call. */
export interface VendorFailure {
  readonly kind: FailureKind;
  readonly code: ProblemCode;
  /** Explanation for people: what it means and what to do. */
  readonly detail: string;
  readonly retryable: boolean;
  readonly provider: VendorErrorDetails;
  /** Milliseconds after which the vendor, or this process, allows the next attempt. */
  readonly retryAfterMs?: number;
}

/** The input of `vendorFailure`. `provider`: the call, and the members of the vendor's error if it responded. */
export interface FailureParts {
  readonly kind: FailureKind;
  readonly detail: string;
  readonly provider: Pick<VendorErrorDetails, 'name' | 'operation'> & Partial<VendorErrorDetails>;
  /** Replaces the default of the kind. */
  readonly code?: ProblemCode;
  readonly retryable?: boolean;
  readonly retryAfterMs?: number | undefined;
}

/** Makes a failure and fills in the defaults of its kind. */
export function vendorFailure({ kind, detail, provider, code, retryable, retryAfterMs }: FailureParts): VendorFailure {
  return {
    kind,
    code: code ?? failureKinds[kind].code,
    detail,
    retryable: retryable ?? failureKinds[kind].retryable,
    provider: { code: null, message: null, requestId: null, httpStatus: null, ...provider },
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

/** Thrown for a failed vendor call. */
export class VendorError extends Error {
  override readonly name = 'VendorError';
  readonly failure: VendorFailure;

  constructor(failure: VendorFailure, options?: ErrorOptions) {
    super(failure.detail, options);
    this.failure = failure;
  }
}

/**
 * A dialogue of reading calls. It yields requests, receives replies without vendor errors, and returns its result. If a call fails, the driver
 * throws a `VendorError` into it, which it may catch. Pure, so it can be run against canned replies.
 */
export type Dialogue<T> = Generator<VendorRequest, T, VendorReply>;

// ---------------------------------------------------------------- accounts, credentials, sessions

/** Whether backup files are checked. `off`: no. `auto`: an unreadable file is sent with a warning. `required`: it is refused. */
export type CheckBackups = 'off' | 'auto' | 'required';

/** A configured account without its credentials. Further members are settings of its provider. */
export interface Account {
  readonly provider: ProviderId;
  readonly name: string;
  readonly region: string;
  /** Base URLs by service name, in place of the provider's. */
  readonly endpoints: Readonly<Record<string, string>>;
  readonly limits: AccountLimits;
  /** Whether backup files are checked before they are submitted; default `auto`. */
  readonly checkBackups?: CheckBackups;
  readonly [setting: string]: unknown;
}

/** Maximum calls of an account per second: by kind, and of single operations. */
export interface AccountLimits {
  readonly readsPerSecond: number;
  readonly writesPerSecond: number;
  /** Limits by the vendor's name of the operation. They replace the limits that the provider publishes. */
  readonly operations?: Readonly<Record<string, number>>;
}

/** Credentials that sign calls or open a session. The provider defines the members. Secret members are of type `Secret`. */
export interface Credentials {
  readonly provider: ProviderId;
  readonly [member: string]: unknown;
}

/** The result of a login. Kept in memory only. */
export interface Session {
  /** Null: calls are signed with an access key. */
  readonly token: Secret | null;
  /** The vendor's id of the project that the login opened; null: unknown. */
  readonly projectId: string | null;
  /** Temporary access key for a service that accepts no tokens. */
  readonly keys?: Credentials;
  readonly expiresAt: Instant;
}

/** Everything that a signature depends on besides the request. */
export interface SigningContext {
  readonly account: Account;
  /** The region of the call: the migration's, otherwise the account's. */
  readonly region: string;
  readonly credentials: Credentials;
  readonly session: Session | null;
  /** Base URL to call, without path. */
  readonly endpoint: string;
  /** The vendor's time, estimated from its responses. */
  readonly now: Instant;
  /** Unique per attempt. */
  readonly nonce: string;
}

/** The protocol of a vendor's services. Pure. */
export interface Protocol {
  /** Default base URL of a service in a region, such as `https://rds.aliyuncs.com`. `endpoints` of the account override it. */
  endpoint(service: string, region: string, account: Account): string;
  /** The failure in a reply, or null if there is none. Never throws, whatever the body is. */
  failureOf(request: VendorRequest, reply: VendorReply): VendorFailure | null;
  /** The id by which the vendor's support finds the call, or null. Never throws. */
  requestIdOf(reply: VendorReply): string | null;
  /** Signs a request for one attempt. */
  sign(request: VendorRequest, context: SigningContext): SignedRequest;
  /** The dialogue that opens a session; null: these credentials sign each request without a login. */
  login(account: Account, region: string, credentials: Credentials): Dialogue<Session> | null;
}

/**
 * The purpose of a call, most urgent first. `submission`: a changing call, or a read that settles an in-doubt one. `caller`: a caller waits
 * for the response. `observation`: a read of the engine.
 */
export type CallPriority = 'submission' | 'caller' | 'observation';

/** Permission to send one call now. The holder returns it when the call has ended (`release`) or was not sent (`giveBack`). */
export interface Permit {
  release(): void;
  giveBack(): void;
}

/**
 * Whether a changing call may be sent now. `waitMs`: milliseconds until the next attempt. `reason`: the account's own limit (`limit`), a pause
 * that the vendor asked for (`vendor`), or a vendor that does not respond (`outage`).
 */
export type Admission =
  | { readonly open: true; readonly permit: Permit }
  | { readonly open: false; readonly waitMs: number; readonly reason: 'limit' | 'vendor' | 'outage' };

/**
 * The circuit breaker of an account in a region. `closed`: calls are sent. `open`: none until `retryAt`. `half_open`: one call tests whether the
 * vendor responds again.
 */
export interface Circuit {
  readonly provider: ProviderId;
  readonly account: string;
  readonly region: string;
  readonly state: 'closed' | 'open' | 'half_open';
  readonly retryAt: Instant | null;
}

/** An operation that is called at a lower rate because the vendor throttled it. */
export interface SlowedOperation {
  readonly provider: ProviderId;
  readonly account: string;
  readonly region: string;
  /** The vendor's name of the operation, or of the budget that several operations share. */
  readonly operation: string;
  /** Factor on the limit at present, above 0 and below 1. */
  readonly speed: number;
  /** No call is sent before this time; null: calls are sent at `speed`. */
  readonly pausedUntil: Instant | null;
}

/** The load of an account. Times are in milliseconds. */
export interface Outlook {
  /** Number of changing calls that can be sent now. */
  readonly room: number;
  /** Time until the next changing call, and the next read for a caller, can be sent. */
  readonly waitMs: number;
  readonly readWaitMs: number;
  /** Time for which no changing call is sent because the vendor asked for a pause or does not respond. */
  readonly pauseLeftMs: number;
}

/** Options of a vendor call or dialogue. */
export interface CallOptions {
  /** Default: `submission`. */
  readonly priority?: CallPriority;
  /** Maximum total time that the calls wait under rate limits, in milliseconds. Beyond it they fail as `throttled`. */
  readonly maxWaitMs?: number;
  /** Called immediately before each attempt, after all waiting. If it returns false, the attempt fails as `not_sent`. */
  readonly mayGo?: () => boolean;
  /** A permit from `admit`, with which the first attempt does not wait. The caller of `admit` returns it. */
  readonly permit?: Permit;
}

/** The engine's port to vendors. `transport/` implements it. */
export interface VendorClient {
  /** Sends one request. Rejects with `VendorError`. A `write` is sent once, and again only if the vendor certainly did not execute it. */
  execute(account: Account, region: string, request: VendorRequest, options?: CallOptions): Promise<VendorReply>;
  /** Runs a dialogue of reads. Rejects with `VendorError`. */
  converse<T>(account: Account, region: string, dialogue: Dialogue<T>, options?: CallOptions): Promise<T>;
  /** Requests permission to send one changing call of an operation now. Never waits. */
  admit(account: Account, region: string, operation: string): Admission;
  outlook(account: Account): Outlook;
  /** Maximum time that calls for a waiting caller wait under rate limits, in milliseconds. */
  readonly maxCallerWaitMs: number;
  /** The circuit breakers of the accounts and regions that were called. */
  circuits(): readonly Circuit[];
  /** The operations whose rate is lower because a vendor throttled them. */
  slowedOperations(): readonly SlowedOperation[];
  /** The vendor's clock minus this process's clock in milliseconds, learned from its responses; 0: unknown. At most one day. */
  clockOffset(account: Account): number;
  /** The vendor's id of the account or project that the credentials open in a region; null: unknown. */
  cloudId(account: Account, region: string): string | null;
  /** Digest of the key or user in the account's last credentials; null: unknown, or temporary credentials. */
  credentialPrint(account: Account): string | null;
  /** Whether everything that a login shows about the cloud account is known. */
  knowsCloud(account: Account, region: string): boolean;
  /** Learns the values of `credentialPrint` and `cloudId`, if necessary by a login. Never rejects: after a failed login the id stays unknown. */
  learnCloudId(account: Account, region: string): Promise<void>;
}

/** The result of one attempt at a vendor call, for logs, metrics and traces. It contains no secret and no URL. */
export interface VendorCallReport {
  readonly provider: ProviderId;
  readonly account: string;
  readonly operation: string;
  readonly effect: 'read' | 'write';
  readonly outcome: 'ok' | FailureKind;
  readonly httpStatus: number | null;
  readonly requestId: string | null;
  readonly durationMs: number;
  /** Milliseconds that the call waited under the account's own limits. Not part of `durationMs`. */
  readonly waitedMs?: number;
  /** What happens after a failure, and why. */
  readonly next?: string;
}

/** A vendor's clock minus this process's clock, in milliseconds. */
export interface VendorClockReport {
  readonly provider: ProviderId;
  readonly account: string;
  readonly offsetMs: number;
}

/** The result of a login. `refused`: the vendor rejects the credentials; Godwit pauses before it uses them again. */
export interface VendorLoginReport {
  readonly provider: ProviderId;
  readonly account: string;
  readonly outcome: 'opened' | 'refused' | 'failed';
}
