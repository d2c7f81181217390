import type { JournalEntry } from '../cloud.ts';

export type RecoveryType = 'FULL' | 'FULL_LOG' | 'FULL_DIFF';
export type UploadType = 'COS_URL' | 'COS_UPLOAD';

/** A restore that began. All that will become of it is settled at its start, so its state follows from the clock. */
export interface Run {
  readonly flowId: number;
  /** Milliseconds since the epoch, as all times here. */
  readonly startedAt: number;
  readonly endsAt: number;
  /** How long it takes when it succeeds; what progress is counted against. */
  readonly nominalMs: number;
  /** Why it will fail; null when it will succeed. */
  readonly failure: string | null;
  /** Whether its failure ends the whole chain. */
  readonly endsChain: boolean;
  /** Whether it reports an undocumented status for a while. */
  readonly odd: boolean;
  /** Whether it shows an undocumented status from its end on, for good, while its flow reports success. */
  readonly unknown: boolean;
}

export interface Rename {
  readonly OldName?: string;
  readonly NewName?: string;
}

/** What full imports and increments have in common. */
export interface Import {
  readonly id: string;
  readonly createdAt: number;
  files: readonly string[];
  run: Run | null;
  /** A deleted record is no longer shown; what it restored stays on the instance. */
  deleted: boolean;
}

export interface FullImport extends Import {
  readonly region: string;
  readonly instanceId: string;
  name: string;
  recoveryType: RecoveryType;
  uploadType: UploadType;
  renames: readonly Rename[] | null;
  /** Names on the instance of what is restored; empty before the start. */
  databases: readonly string[];
}

export interface Increment extends Import {
  readonly parentId: string;
  isRecovery: 'YES' | 'NO';
}

/** All that the cloud remembers, as plain JSON. */
export interface TencentState {
  readonly fulls: FullImport[];
  readonly increments: Increment[];
  /** Refusals already given because of a lock, by action and id. */
  readonly lockRefusals: Record<string, number>;
  nextFlowId: number;
  readonly journal: JournalEntry[];
}

/** The state of a cloud that nobody has used. */
export function emptyState(): TencentState {
  return { fulls: [], increments: [], lockRefusals: {}, nextFlowId: 1_001_399, journal: [] };
}
