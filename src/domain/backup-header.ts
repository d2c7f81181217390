import type { BackupType } from './vocabulary.ts';

/** `plain`: Microsoft Tape Format. `compressed`: a container of SQL Server that could be opened. `unreadable`: anything else. */
export const backupForms = ['plain', 'compressed', 'unreadable'] as const;
export type BackupForm = (typeof backupForms)[number];

/** What a backup file says of itself. What a file does not tell is null. */
export interface BackupHeader {
  readonly database: string | null;
  /** Null also for a kind that no cloud restores: of files, of file groups, partial. */
  readonly type: BackupType | null;
  /** `2026-11-28T01:00:00`: local time of the source server, no zone. */
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  /** Log sequence numbers in decimal, as SQL Server prints them; from the end of the file, where they are final. */
  readonly firstLsn: string | null;
  readonly lastLsn: string | null;
  readonly checkpointLsn: string | null;
  /** The `checkpointLsn` of the full backup that a differential is based on. */
  readonly databaseBackupLsn: string | null;
  /** Major, minor and build of the source server, such as `15.0.2000`. */
  readonly serverVersion: string | null;
  readonly copyOnly: boolean | null;
  /** Which of how many files of one backup this is. */
  readonly stripe: { readonly number: number; readonly of: number } | null;
  /** Number of backups in the file. */
  readonly sets: number | null;
  readonly form: BackupForm;
}
