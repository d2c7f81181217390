import type { JournalEntry, SandboxEnvironment } from '../cloud.ts';
import type { Job } from './job.ts';

/** What a token stands for. */
export interface Grant {
  /** Null for a token of the whole account, which opens no regional service. */
  readonly projectId: string | null;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** Consecutive bad signatures of one access key. */
export interface KeyRecord {
  readonly failures: number;
  /** Milliseconds since the epoch; 0 when the key is not locked. */
  readonly lockedUntil: number;
}

/** Wrong passwords of the user. */
export interface LoginRecord {
  /** When they came, in milliseconds since the epoch, oldest first. */
  readonly failures: readonly number[];
  readonly lockedUntil: number;
}

/** All that this cloud remembers, as plain JSON. */
export interface HuaweiState {
  /** By SHA-256 of the token: the token itself is only with whom it was given to. */
  tokens: Record<string, Grant>;
  login: LoginRecord;
  keys: Record<string, KeyRecord>;
  /** When a `busy` instance was first asked to restore, by project and instance. */
  busySince: Record<string, number>;
  /** Oldest first; deleted ones stay, for what they restored stays. */
  jobs: Job[];
  journal: JournalEntry[];
}

/** What a handler may use. */
export interface Context {
  readonly environment: SandboxEnvironment;
  readonly state: HuaweiState;
  readonly requestId: string;
  /** Milliseconds since the epoch; the same all through one request. */
  readonly now: number;
}

/** A cloud that nobody has used yet. */
export function emptyState(): HuaweiState {
  return { tokens: {}, login: { failures: [], lockedUntil: 0 }, keys: {}, busySince: {}, jobs: [], journal: [] };
}
