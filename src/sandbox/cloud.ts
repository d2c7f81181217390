import type { EmulatedObjects } from './object-store/objects.ts';

/** A request as received, before parsing. */
export interface SandboxRequest {
  readonly method: string;
  /** Path without query, as sent. */
  readonly path: string;
  /** Query string without `?`, as sent. */
  readonly query: string;
  /** Headers with lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The response of a cloud. */
export interface SandboxResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The body of a binary response; replaces `body`. */
  readonly bytes?: Buffer;
}

/**
 * An effect that a cloud has executed. Tests check the journal of effects. `restore` means that a restore has started; there must be
 * exactly one per intent.
 */
export interface JournalEntry {
  readonly at: number;
  readonly cloud: 'alibaba' | 'huawei' | 'tencent';
  readonly effect: 'registered' | 'restore' | 'opened' | 'terminated' | 'deleted' | 'renamed';
  readonly operation: string;
  readonly instanceId: string;
  /** The cloud's id of the task or job. */
  readonly taskId: string;
  /** The database names, file names or keys that the effect concerns. */
  readonly subject: string;
  readonly requestId: string;
}

/** The name of an emulated cloud. */
export type CloudName = JournalEntry['cloud'];

/** What a cloud receives from its server. */
export interface SandboxEnvironment {
  /** The cloud's time in milliseconds since the epoch. */
  now(): number;
  uuid(): string;
  /** Duration of a normal restore in milliseconds. Only the clock determines states; nothing runs in the background. */
  readonly restoreMs: number;
  /** Age in milliseconds from which lists show an object; 0: immediately. */
  listLagMs(): number;
  /** The object store from which the restore service reads. Absent: the cloud has no store and accepts any key. */
  readonly objects?: EmulatedObjects;
  /**
   * The result of `snapshot()` of the same cloud in an earlier process, parsed from JSON; absent on a fresh start. It is trusted: a cloud
   * may cast it to the type that `snapshot()` returns.
   */
  readonly restored?: unknown;
}

/** Faults that a cloud answers in its own format. The server implements connection faults. */
export type WordedFault = 'throttled' | 'unavailable' | 'internal_error';

/** A vendor error as the response to any request. `status` and `message` default to the vendor's usual values. */
export interface NamedError {
  readonly code: string;
  readonly message?: string;
  readonly status?: number;
}

/** An emulated cloud: a deterministic state machine over requests and the clock. */
export interface SandboxCloud {
  readonly name: JournalEntry['cloud'];
  handle(request: SandboxRequest): SandboxResponse;
  /** Returns this cloud's response for the fault. */
  fault(kind: WordedFault, request: SandboxRequest): SandboxResponse;
  /** Returns a vendor error in the vendor's format. Absent for a cloud without a general format. */
  refuse?(error: NamedError, request: SandboxRequest): SandboxResponse;
  /** Executes an operation as from the vendor's console: without a signature, with the usual parameter checks. */
  carryOut(operation: string, parameters: Readonly<Record<string, unknown>>): SandboxResponse;
  /** The name of the requested operation; `?` if there is none. */
  operationOf(request: SandboxRequest): string;
  journal(): readonly JournalEntry[];
  /**
   * Returns the state that another process needs to continue, as plain JSON: objects, used nonces, sessions, journal. A cloud that is
   * created with it as `restored` must answer like this one. The server takes it before it sends the response to a changing request.
   */
  snapshot(): unknown;
}

/** The credentials that the sandbox accepts. They are public and give access to nothing else. */
export const sandboxCredentials = {
  alibaba: {
    accessKeyId: 'sandbox-alibaba-id',
    /** The id of temporary credentials: it has the same secret and requires `securityToken`. The plain id needs no token. */
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
