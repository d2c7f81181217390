import type { Instant } from './migration.ts';
import type { ProblemCode, VendorErrorDetails } from './problem.ts';
import type { Secret } from './secret.ts';
import type { ProviderId } from './vocabulary.ts';

/** One request to a vendor before it is signed. Pure data. */
export interface VendorRequest {
  /** The vendor's name of the operation, such as `CreateMigrateTask`; it appears in errors, logs and metrics. */
  readonly operation: string;
  /** Which endpoint of the account: `rds`, `drs`, `iam`, `sqlserver`. */
  readonly service: string;
  /** A `write` is never sent again by the transport once it may have arrived. */
  readonly effect: 'read' | 'write';
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Path of the URL; `{project_id}` is filled in by the signer that knows it. */
  readonly path: string;
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly headers: Readonly<Record<string, string>>;
  /** JSON value of the body; undefined: no body. */
  readonly body: unknown;
  /** For an object store: bucket and key. `key` null: the bucket itself. `maxBytes`: maximum number of bytes read from an object. */
  readonly object?: { readonly bucket: string; readonly key: string | null; readonly maxBytes?: number };
}

/** A request with its signature on it, ready for the wire. It carries secrets: never log it. */
export interface SignedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** Maximum number of bytes of a binary response; the rest is cut off. */
  readonly cutAt?: number;
}

export interface VendorReply {
  readonly httpStatus: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** At most the transport's size limit. */
  readonly body: string;
  /** The body of a successful answer to a request with `cutAt`; `body` is empty then. */
  readonly bytes?: Buffer;
  readonly receivedAt: Instant;
}

/**
 * What kind of failure it is, for the decision what to do next.
 *
 * | kind | meaning | carried out? |
 * |---|---|---|
 * | `rejected` | the vendor refuses this request for good | no |
 * | `busy` | the vendor's state forbids it now; later it may do | no |
 * | `throttled` | too many calls | no |
 * | `unauthenticated` | credentials or permissions are wrong | no |
 * | `session_expired` | token or temporary credentials have ended; refresh once | no |
 * | `clock_skew` | the signature's time is off; learn the offset, sign again once | no |
 * | `not_found` | the object is not there | no |
 * | `not_sent` | no connection: name, route, refused, TLS | no |
 * | `replayed` | the vendor has seen this nonce | unknown |
 * | `timeout` | no answer in time, or the connection broke after sending | unknown |
 * | `unavailable` | 5xx | unknown |
 * | `malformed` | an answer that cannot be understood | unknown |
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

/** The defaults of a kind of failure; a vendor's table may override them. */
export interface KindMeaning {
  readonly code: ProblemCode;
  /** Whether the unchanged request can succeed later. */
  readonly retryable: boolean;
  /** Whether the vendor may have carried out a changing call that failed this way. */
  readonly outcomeUnknown: boolean;
}

function meaning(code: ProblemCode, retryable: boolean, outcomeUnknown = false): KindMeaning {
  return { code, retryable, outcomeUnknown };
}

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

/** Whether the vendor may have carried out a changing call that failed this way. */
export function mayHaveHappened(kind: FailureKind): boolean {
  return failureKinds[kind].outcomeUnknown;
}

export interface VendorFailure {
  readonly kind: FailureKind;
  readonly code: ProblemCode;
  /** Plain words for a person: what it means and what to do. */
  readonly detail: string;
  readonly retryable: boolean;
  readonly provider: VendorErrorDetails;
  readonly retryAfterMs?: number;
}

/** The facts of a failure. `name` and `operation` identify the call; the members of the vendor's error are null without one. */
export interface FailureParts {
  readonly kind: FailureKind;
  readonly detail: string;
  readonly provider: Pick<VendorErrorDetails, 'name' | 'operation'> & Partial<VendorErrorDetails>;
  /** Where it differs from what the kind means. */
  readonly code?: ProblemCode;
  readonly retryable?: boolean;
  readonly retryAfterMs?: number | undefined;
}

/** A failure with what its kind means filled in. */
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

/** A vendor call that failed. */
export class VendorError extends Error {
  override readonly name = 'VendorError';
  readonly failure: VendorFailure;

  constructor(failure: VendorFailure, options?: ErrorOptions) {
    super(failure.detail, options);
    this.failure = failure;
  }
}

/**
 * A dialogue of reading calls: yields requests, receives replies that are free of vendor errors, returns what it learnt. The
 * driver throws a `VendorError` into it when a call fails; a dialogue may catch it. Pure: it can be run against canned replies.
 */
export type Dialogue<T> = Generator<VendorRequest, T, VendorReply>;

// ---------------------------------------------------------------- accounts, credentials, sessions

/** `off`: no file is read. `auto`: an unreadable file is sent with a warning. `required`: it is refused. */
export type CheckBackups = 'off' | 'auto' | 'required';

/** A configured account, without its credentials. Its further members are settings of its provider, which knows them by their type. */
export interface Account {
  readonly provider: ProviderId;
  readonly name: string;
  readonly region: string;
  /** Overrides by service name; the rest comes from the provider. */
  readonly endpoints: Readonly<Record<string, string>>;
  readonly limits: AccountLimits;
  /** Whether backup files are checked before they are submitted; default `auto`. */
  readonly checkBackups?: CheckBackups;
  readonly [setting: string]: unknown;
}

/** How many calls of an account may go out per second: of a kind, whatever the operation, and of single operations. */
export interface AccountLimits {
  readonly readsPerSecond: number;
  readonly writesPerSecond: number;
  /** By the vendor's name of the operation, in place of what the provider knows of it. */
  readonly operations?: Readonly<Record<string, number>>;
}

/** Credentials that sign an account's calls or open a session. The provider defines the members; secrets are of type `Secret`. */
export interface Credentials {
  readonly provider: ProviderId;
  readonly [member: string]: unknown;
}

/** What a login yields: a token and what was learnt with it. Kept in memory only. */
export interface Session {
  readonly token: Secret | null;
  readonly projectId: string | null;
  /** A temporary access key, for a service that accepts no tokens. */
  readonly keys?: Credentials;
  readonly expiresAt: Instant;
}

/** All that a signature depends on beside the request. */
export interface SigningContext {
  readonly account: Account;
  /** The region of the call; the account's unless a migration names another. */
  readonly region: string;
  readonly credentials: Credentials;
  readonly session: Session | null;
  /** Base URL actually dialled, without path. */
  readonly endpoint: string;
  /** The vendor's time, as well as we know it. */
  readonly now: Instant;
  /** New for every attempt. */
  readonly nonce: string;
}

/** How a vendor's service is spoken to. Pure. */
export interface Protocol {
  /** Base URL of a service in a region, such as `https://rds.aliyuncs.com`, where the account names none in `endpoints`. */
  endpoint(service: string, region: string, account: Account): string;
  /** The failure in a reply, or null when the reply carries none. Never throws, whatever the body is. */
  failureOf(request: VendorRequest, reply: VendorReply): VendorFailure | null;
  /** The id under which the vendor's support finds the call, or null when the reply carries none. Never throws. */
  requestIdOf(reply: VendorReply): string | null;
  /** Signs for one attempt. Pure. */
  sign(request: VendorRequest, context: SigningContext): SignedRequest;
  /** The dialogue that opens a session, or null when these credentials sign each request and no login is needed. */
  login(account: Account, region: string, credentials: Credentials): Dialogue<Session> | null;
}

/**
 * What a call is for, most urgent first. `submission`: a changing call, and the reads that settle one in doubt. `caller`: somebody waits
 * for the answer. `observation`: the engine's own reads of what runs.
 */
export type CallPriority = 'submission' | 'caller' | 'observation';

/** The right to send one call now. The holder returns it when the call has ended (`release`) or was not sent (`giveBack`). */
export interface Permit {
  release(): void;
  giveBack(): void;
}

/**
 * Whether a changing call may go out now. `waitMs`: when to ask again. `limit`: a limit; `vendor`: the vendor asked to be left alone;
 * `outage`: the vendor does not answer.
 */
export type Admission =
  | { readonly open: true; readonly permit: Permit }
  | { readonly open: false; readonly waitMs: number; readonly reason: 'limit' | 'vendor' | 'outage' };

/** Whether an account's calls to a region are made. `open`: not until `retryAt`; `half_open`: one call finds out whether the vendor is back. */
export interface Circuit {
  readonly provider: ProviderId;
  readonly account: string;
  readonly region: string;
  readonly state: 'closed' | 'open' | 'half_open';
  readonly retryAt: Instant | null;
}

/** An operation that an account makes fewer calls of, because the vendor throttled one. */
export interface SlowedOperation {
  readonly provider: ProviderId;
  readonly account: string;
  readonly region: string;
  /** The vendor's name of the operation, or of the budget that several operations share. */
  readonly operation: string;
  /** The part of the limit that is used at present, above 0 and below 1. */
  readonly speed: number;
  /** No call is sent before this time; null: calls are sent at that speed. */
  readonly pausedUntil: Instant | null;
}

/** How busy an account is. Times in milliseconds. */
export interface Outlook {
  /** How many changing calls could go out now. */
  readonly room: number;
  /** In how long the next changing call can, and a caller's read. */
  readonly waitMs: number;
  readonly readWaitMs: number;
  /** For how long the vendor wants no changing call, or gets none because it does not answer. */
  readonly pauseLeftMs: number;
}

export interface CallOptions {
  /** Default: `submission`. */
  readonly priority?: CallPriority;
  /** How long the calls may wait for their turn, all together; beyond it the failure is `throttled`. Milliseconds. */
  readonly maxWaitMs?: number;
  /** Called immediately before each attempt, after all waiting. False: the attempt fails as `not_sent`. */
  readonly mayGo?: () => boolean;
  /** From `admit`: the first attempt does not wait. Whoever got it gives it back. */
  readonly permit?: Permit;
}

/** The port through which the engine speaks to vendors. Implemented in `transport/`. */
export interface VendorClient {
  /** Sends one request. Throws `VendorError`. A `write` goes out at most once unless the vendor said that it was not carried out. */
  execute(account: Account, region: string, request: VendorRequest, options?: CallOptions): Promise<VendorReply>;
  /** Runs a dialogue of reads to its end. Throws `VendorError`. */
  converse<T>(account: Account, region: string, dialogue: Dialogue<T>, options?: CallOptions): Promise<T>;
  /** Asks for the right to send one changing call of an operation now. It never waits. */
  admit(account: Account, region: string, operation: string): Admission;
  outlook(account: Account): Outlook;
  /** How long the calls of somebody who waits for an answer may wait for their turn, in milliseconds. */
  readonly maxCallerWaitMs: number;
  /** Where calls have been made, and whether they are made now. */
  circuits(): readonly Circuit[];
  /** The operations that a vendor has slowed down. */
  slowedOperations(): readonly SlowedOperation[];
  /** The vendor's clock minus ours in milliseconds, as learnt from its answers; 0 until something is known. At most a day. */
  clockOffset(account: Account): number;
  /** The vendor's id of the account or project that the account's credentials open in a region; null where it is not known (yet). */
  cloudId(account: Account, region: string): string | null;
  /** A digest of the key or user that the account's credentials named last; null where it is not known, and for temporary credentials. */
  credentialPrint(account: Account): string | null;
  /** Whether this process already knows everything that a login reveals about the cloud account. */
  knowsCloud(account: Account, region: string): boolean;
  /** Learns what `credentialPrint` answers, and the id for `cloudId` where only a login tells it. It never rejects: without a login the id stays unknown. */
  learnCloudId(account: Account, region: string): Promise<void>;
}

/** The result of one attempt at a vendor; for logs, metrics and traces. It holds no secret and no URL. */
export interface VendorCallReport {
  readonly provider: ProviderId;
  readonly account: string;
  readonly operation: string;
  readonly effect: 'read' | 'write';
  readonly outcome: 'ok' | FailureKind;
  readonly httpStatus: number | null;
  readonly requestId: string | null;
  readonly durationMs: number;
  /** How long it waited for its turn under the account's own limits before it was sent; not part of `durationMs`. */
  readonly waitedMs?: number;
  /** What follows from a failure, and why. */
  readonly next?: string;
}

/** A vendor's clock minus ours, in milliseconds. */
export interface VendorClockReport {
  readonly provider: ProviderId;
  readonly account: string;
  readonly offsetMs: number;
}

/** The result of a login. `refused`: the vendor refuses these credentials; Godwit pauses before the next try with them. */
export interface VendorLoginReport {
  readonly provider: ProviderId;
  readonly account: string;
  readonly outcome: 'opened' | 'refused' | 'failed';
}
