import type { JournalEntry } from '../cloud.ts';

/** The `RecoveryType` of a full import. */
export type RecoveryType = 'FULL' | 'FULL_LOG' | 'FULL_DIFF';
/** The `UploadType` of a full import. */
export type UploadType = 'COS_URL' | 'COS_UPLOAD';

/** A started restore. Its course is determined at the start; the clock determines its state. */
export interface Run {
  readonly flowId: number;
  /** Milliseconds since the epoch, like all times here. */
  readonly startedAt: number;
  readonly endsAt: number;
  /** Duration of a successful restore in milliseconds. The progress is relative to it. */
  readonly nominalMs: number;
  /** The message of the failure; null if it will succeed. */
  readonly failure: string | null;
  /** Whether its failure ends the whole chain. */
  readonly endsChain: boolean;
  /** Whether it has an undocumented status for a while. */
  readonly odd: boolean;
  /** Time until which the task allows no action although its status is `waiting`. Absent: no such time. */
  readonly lockedUntil?: number;
  /** Whether it has an undocumented status from its end on while its flow reports success. */
  readonly unknown: boolean;
}

/** An entry of `DBRename`. */
export interface Rename {
  readonly OldName?: string;
  readonly NewName?: string;
}

/** Members that full imports and increments have in common. */
export interface Import {
  readonly id: string;
  readonly createdAt: number;
  files: readonly string[];
  run: Run | null;
  /** A deleted record is no longer listed. Its effects on the instance remain. */
  deleted: boolean;
}

/** A full import (the vendor's full task). */
export interface FullImport extends Import {
  readonly region: string;
  readonly instanceId: string;
  name: string;
  recoveryType: RecoveryType;
  uploadType: UploadType;
  renames: readonly Rename[] | null;
  /** Names of the restored databases on the instance; empty before the start. */
  databases: readonly string[];
}

/** An increment, which is a child of a full import. */
export interface Increment extends Import {
  readonly parentId: string;
  isRecovery: 'YES' | 'NO';
}

/** The state of the cloud as plain JSON. */
export interface TencentState {
  readonly fulls: FullImport[];
  readonly increments: Increment[];
  /** Number of rejections because of a lock, by action and id. */
  readonly lockRefusals: Record<string, number>;
  nextFlowId: number;
  readonly journal: JournalEntry[];
}

/** The state of a new cloud. */
export function emptyState(): TencentState {
  return { fulls: [], increments: [], lockRefusals: {}, nextFlowId: 1_001_399, journal: [] };
}
