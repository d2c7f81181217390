import type { BackupType } from './vocabulary.ts';

/** `plain`: Microsoft Tape Format. `compressed`: a compressed container of SQL Server that was opened. `unreadable`: anything else. */
export const backupForms = ['plain', 'compressed', 'unreadable'] as const;
export type BackupForm = (typeof backupForms)[number];

/** The header of a backup file. Unknown members are null. */
export interface BackupHeader {
  readonly database: string | null;
  /** Also null for types that no cloud restores: file, file group and partial backups. */
  readonly type: BackupType | null;
  /** Local time of the source server without a zone, such as `2026-11-28T01:00:00`. */
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  /** Log sequence numbers in decimal, as SQL Server prints them. Read from the end of the file, where they are final. */
  readonly firstLsn: string | null;
  readonly lastLsn: string | null;
  readonly checkpointLsn: string | null;
  /** For a differential: the `checkpointLsn` of the full backup that it is based on. */
  readonly databaseBackupLsn: string | null;
  /** Major, minor and build version of the source server, such as `15.0.2000`. */
  readonly serverVersion: string | null;
  readonly copyOnly: boolean | null;
  /** Number of this file among the files of a striped backup, from 1, and how many there are. */
  readonly stripe: { readonly number: number; readonly of: number } | null;
  /** Number of backup sets in the file. */
  readonly sets: number | null;
  readonly form: BackupForm;
}
