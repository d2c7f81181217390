import type { components } from './schema.ts';

type Schemas = components['schemas'];

export type Migration = Schemas['Migration'];
export type MigrationRequest = Schemas['MigrationRequest'];
export type MigrationState = Schemas['MigrationState'];
export type Backup = Schemas['Backup'];
export type BackupRequest = Schemas['BackupRequest'];
export type Event = Schemas['Event'];
export type EventType = Schemas['EventType'];
export type ProviderId = Schemas['ProviderId'];

/** Terminal states. Only `failed` can be left, by a retry. */
export const endStates = ['succeeded', 'failed', 'cancelled'] as const satisfies readonly MigrationState[];

/** Whether the migration is in a terminal state. */
export function hasEnded({ state }: Pick<Migration, 'state'>): boolean {
  return (endStates as readonly MigrationState[]).includes(state);
}
