import type { JournalEntry, SandboxEnvironment } from '../cloud.ts';
import type { Job } from './job.ts';

/** The rights of a token. */
export interface Grant {
  /** Null for a token of the whole account, which gives access to no regional service. */
  readonly projectId: string | null;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** Consecutive wrong signatures of one access key. */
export interface KeyRecord {
  readonly failures: number;
  /** Milliseconds since the epoch; 0: the key is not locked. */
  readonly lockedUntil: number;
}

/** Wrong passwords of the user. */
export interface LoginRecord {
  /** Times in milliseconds since the epoch, oldest first. */
  readonly failures: readonly number[];
  readonly lockedUntil: number;
}

/** The state of this cloud as plain JSON. */
export interface HuaweiState {
  /** Rights by the SHA-256 of the token. The token itself is not stored. */
  tokens: Record<string, Grant>;
  login: LoginRecord;
  keys: Record<string, KeyRecord>;
  /** Time of the first restore request on a `busy` instance, by project and instance. */
  busySince: Record<string, number>;
  /** Jobs, oldest first. Deleted jobs remain, because their databases do. */
  jobs: Job[];
  journal: JournalEntry[];
}

/** The input of a request handler. */
export interface Context {
  readonly environment: SandboxEnvironment;
  readonly state: HuaweiState;
  readonly requestId: string;
  /** Milliseconds since the epoch, constant within a request. */
  readonly now: number;
}

/** The state of a new cloud. */
export function emptyState(): HuaweiState {
  return { tokens: {}, login: { failures: [], lockedUntil: 0 }, keys: {}, busySince: {}, jobs: [], journal: [] };
}
