import type { EmulatedObjects } from './object-store/objects.ts';

/** A request as it arrived, before anything is understood of it. */
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
  /** In place of `body`, where the answer is bytes. */
  readonly bytes?: Buffer;
}

/**
 * One effect that a cloud carried out, for whoever judges afterwards. `restore` is a restore that really began: there must be
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
  /** Database names, file names or keys that the effect was about. */
  readonly subject: string;
  readonly requestId: string;
}

export type CloudName = JournalEntry['cloud'];

export interface SandboxEnvironment {
  /** Milliseconds since the epoch, the cloud's own clock. */
  now(): number;
  uuid(): string;
  /** How long a normal restore takes, in milliseconds. States follow from the clock alone; nothing runs in the background. */
  readonly restoreMs: number;
  /** Lists do not show objects younger than this many milliseconds by the cloud's clock; 0 when they show everything at once. */
  listLagMs(): number;
  /** The cloud's object store, which its restore service reads from; absent: there is none, and any key is taken. */
  readonly objects?: EmulatedObjects;
  /**
   * What `snapshot()` of the same cloud gave in an earlier process, as JSON read back; absent on a fresh start. Trusted: a cloud may
   * cast it to the type that its `snapshot()` returns.
   */
  readonly restored?: unknown;
}

/** Faults that a cloud words in its own way; connection faults are the server's business. */
export type WordedFault = 'throttled' | 'unavailable' | 'internal_error';

/** An error to be answered whatever the request is; `status` and `message` default to the vendor's usual ones. */
export interface NamedError {
  readonly code: string;
  readonly message?: string;
  readonly status?: number;
}

/** One emulated cloud: a deterministic state machine over requests and the clock. */
export interface SandboxCloud {
  readonly name: JournalEntry['cloud'];
  handle(request: SandboxRequest): SandboxResponse;
  /** What this cloud answers under that fault. */
  fault(kind: WordedFault, request: SandboxRequest): SandboxResponse;
  /** Any error of the vendor's by its code, in the vendor's form; absent in a cloud that has no such general form. */
  refuse?(error: NamedError, request: SandboxRequest): SandboxResponse;
  /** Carries out an operation for somebody else, as from the vendor's console: nothing has to be signed. The parameters are checked as always. */
  carryOut(operation: string, parameters: Readonly<Record<string, unknown>>): SandboxResponse;
  /** The vendor's operation that a request names, `?` when it names none. */
  operationOf(request: SandboxRequest): string;
  journal(): readonly JournalEntry[];
  /**
   * All that a next process needs to go on as if nothing had happened, as plain JSON: objects, used nonces, sessions, journal. A cloud
   * built with it as `restored` must answer like this one. Taken before the answer to a changing request goes out.
   */
  snapshot(): unknown;
}

/** The keys that the sandbox knows. They are public: they open nothing but the sandbox. */
export const sandboxCredentials = {
  alibaba: {
    accessKeyId: 'sandbox-alibaba-id',
    /** Goes with the same secret and with `securityToken`; the plain id goes without a token. */
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
