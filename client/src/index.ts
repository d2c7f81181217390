export { type Answer, createGodwit, type Godwit, type GodwitOptions } from './client.ts';
export {
  type GodwitError,
  GodwitProblem,
  GodwitUnexpectedAnswer,
  GodwitUnreachable,
  GodwitWaitTimeout,
  isGodwitError,
  type ProblemCode,
  type ProblemDocument,
} from './errors.ts';
export type { EventOptions, FollowOptions, Reset } from './events.ts';
export type { components, operations, paths } from './schema.ts';
export type { Credential } from './send.ts';
export {
  type Backup,
  type BackupRequest,
  type Event,
  type EventType,
  endStates,
  hasEnded,
  type Migration,
  type MigrationRequest,
  type MigrationState,
  type ProviderId,
} from './types.ts';
export type { WaitOptions } from './watch.ts';
