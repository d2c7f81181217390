/** Closed sets of values that contract, store and domain share. */

/** Id of a provider in lower case, as in requests. The registry has all ids. */
export type ProviderId = string;
export const modes = ['full', 'full_log', 'full_differential'] as const;
export type Mode = (typeof modes)[number];
export const migrationStates = [
  'pending',
  'restoring',
  'awaiting_backup',
  'cutting_over',
  'cancelling',
  'succeeded',
  'failed',
  'cancelled',
] as const;
export type MigrationState = (typeof migrationStates)[number];
/** The states in which a migration has ended. */
export const terminalStates: readonly MigrationState[] = ['succeeded', 'failed', 'cancelled'];
export const backupStates = ['queued', 'submitting', 'restoring', 'restored', 'failed', 'skipped'] as const;
export type BackupState = (typeof backupStates)[number];
export const backupTypes = ['full', 'differential', 'log'] as const;
export type BackupType = (typeof backupTypes)[number];
export const actionNames = ['add_backup', 'cut_over', 'cancel', 'retry', 'delete'] as const;
export type ActionName = (typeof actionNames)[number];
export const sourceTypes = ['object_storage', 'url', 'instance_backup', 'upload'] as const;
export type SourceType = (typeof sourceTypes)[number];
/** `taken`: a backup of the migration. `waiting`: may become one. `needless`: not needed by the chain. `refused`: unusable. */
export const feedVerdicts = ['taken', 'waiting', 'needless', 'refused'] as const;
export type FeedVerdict = (typeof feedVerdicts)[number];
export const eventTypes = [
  'migration.created',
  'migration.adopted',
  'migration.state_changed',
  'migration.blocked',
  'backup.added',
  'backup.state_changed',
  'backup.removed',
  'feed.file_taken',
  'feed.file_refused',
  'feed.gap_found',
  'feed.gap_closed',
  'call.sent',
  'call.settled',
] as const;
export type EventType = (typeof eventTypes)[number];
