import type { EmulatedObjects } from './object-store/objects.ts';

/** A request as received, before parsing. */
export interface SandboxRequest {
  readonly method: string;
  /** Path without query, as sent. */
  readonly path: string;
  /** Raw query string without `?`, as sent. */
  readonly query: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface SandboxResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Replaces `body` for a binary response. */
  readonly bytes?: Buffer;
}

/**
 * One effect that a cloud executed, for tests to judge. `restore` means that a restore really started; there must be exactly one per
 * intent.
 */
export interface JournalEntry {
  readonly at: number;
  readonly cloud: 'alibaba' | 'huawei' | 'tencent';
  readonly effect: 'registered' | 'restore' | 'opened' | 'terminated' | 'deleted' | 'renamed';
  readonly operation: string;
  readonly instanceId: string;
  /** The cloud's id of the task or job. */
  readonly taskId: string;
  /** Database names, file names or keys of the effect. */
  readonly subject: string;
  readonly requestId: string;
}

export type CloudName = JournalEntry['cloud'];

export interface SandboxEnvironment {
  /** Milliseconds since the epoch, the cloud's own clock. */
  now(): number;
  uuid(): string;
  /** Duration of a normal restore in milliseconds. The clock alone determines states; nothing runs in the background. */
  readonly restoreMs: number;
  /** Age in milliseconds from which lists show an object; 0: at once. */
  listLagMs(): number;
  /** The object store that the restore service reads; absent: there is none, and any key is accepted. */
  readonly objects?: EmulatedObjects;
  /**
   * The result of `snapshot()` of the same cloud in an earlier process, parsed from JSON; absent on a fresh start. It is trusted: a cloud
   * may cast it to the type that `snapshot()` returns.
   */
  readonly restored?: unknown;
}

/** Faults that a cloud answers in its own words; the server plays connection faults. */
export type WordedFault = 'throttled' | 'unavailable' | 'internal_error';

/** An error for any request; `status` and `message` default to the vendor's usual ones. */
export interface NamedError {
  readonly code: string;
  readonly message?: string;
  readonly status?: number;
}

/** One emulated cloud: a deterministic state machine over requests and the clock. */
export interface SandboxCloud {
  readonly name: JournalEntry['cloud'];
  handle(request: SandboxRequest): SandboxResponse;
  /** This cloud's response for the fault. */
  fault(kind: WordedFault, request: SandboxRequest): SandboxResponse;
  /** Any vendor error by its code, in the vendor's format; absent for a cloud without a general format. */
  refuse?(error: NamedError, request: SandboxRequest): SandboxResponse;
  /** Executes an operation as from the vendor's console, unsigned but with the usual parameter checks. */
  carryOut(operation: string, parameters: Readonly<Record<string, unknown>>): SandboxResponse;
  /** The operation named by a request; `?` if there is none. */
  operationOf(request: SandboxRequest): string;
  journal(): readonly JournalEntry[];
  /**
   * The state that another process needs to continue, as plain JSON: objects, used nonces, sessions, journal. A cloud built with it as
   * `restored` must answer like this one. Taken before the response to a changing request is sent.
   */
  snapshot(): unknown;
}

/** The keys that the sandbox accepts. They are public and work nowhere else. */
export const sandboxCredentials = {
  alibaba: {
    accessKeyId: 'sandbox-alibaba-id',
    /** Uses the same secret with `securityToken`; the plain id needs no token. */
    stsAccessKeyId: 'STS.sandbox-alibaba-id',
    accessKeySecret: 'sandbox-alibaba-secret',
    securityToken: 'sandbox-alibaba-token',
  },
  huawei: {
    accountName: 'sandbox-account',
    userName: 'sandbox-user',
    password: 'sandbox-huawei-password',
    accessKeyId: 'SANDBOXHUAWEIAK00001',
    secretAccessKey: 'sandbox-huawei-secret',
    securityToken: 'sandbox-huawei-token',
    projectId: '5a4db0c0d0b04c1e9a2b3c4d5e6f7081',
    region: 'ap-southeast-3',
  },
  tencent: {
    secretId: 'AKIDsandboxtencent0000000000000000',
    secretKey: 'sandbox-tencent-secret',
    token: 'sandbox-tencent-token',
  },
} as const;
