import { createHash } from 'node:crypto';
import type { JournalEntry, SandboxEnvironment } from '../cloud.ts';
import { Refusal } from './answer.ts';
import type { Instance } from './instance.ts';
import { type Parameters, text } from './parameters.ts';
import type { FullImport, Import, Increment, TencentState } from './state.ts';

/** An accepted request and its context. */
export interface Call {
  readonly action: string;
  readonly parameters: Parameters;
  readonly region: string;
  readonly requestId: string;
  /** Milliseconds since the epoch, constant within a call. */
  readonly now: number;
  readonly state: TencentState;
  readonly environment: SandboxEnvironment;
}

/** Executes an action and returns the members of its response without RequestId. Throws `Refusal`. */
export type Handler = (call: Call) => Readonly<Record<string, unknown>>;

const lockedTries = 2;

/** The full import that InstanceId and BackupMigrationId name. Throws `Refusal`. */
export function namedFull(call: Call): FullImport {
  const id = text(call.parameters, 'BackupMigrationId');
  const full = shownFulls(call).find((each) => each.id === id);
  if (full === undefined) {
    throw new Refusal('ResourceNotFound.FullBackupMigrationNotExist', `There is no full import ${id}.`);
  }
  return full;
}

/** The increment of `full` that IncrementalMigrationId names. Throws `Refusal`. */
export function namedIncrement(call: Call, full: FullImport): Increment {
  const id = text(call.parameters, 'IncrementalMigrationId');
  const increment = incrementsOf(call, full.id).find((each) => each.id === id && !each.deleted);
  if (increment === undefined) {
    throw new Refusal('ResourceNotFound.IncreBackupMigrationNotExist', `There is no increment ${id}.`);
  }
  return increment;
}

/** The full imports of the named instance in the call's region, without deleted ones. */
export function shownFulls(call: Call): readonly FullImport[] {
  const instanceId = text(call.parameters, 'InstanceId');
  return call.state.fulls.filter(
    (each) => each.region === call.region && each.instanceId === instanceId && !each.deleted,
  );
}

/** The increments of a full import in creation order, including deleted ones. */
export function incrementsOf(call: Call, fullId: string): readonly Increment[] {
  return call.state.increments.filter((each) => each.parentId === fullId);
}

/** Rejects the first two attempts of each action on a task of a locked instance. Throws `Refusal` (MigrationLockError). */
export function passLock(call: Call, instance: Instance, id: string): void {
  if (!instance.locked) return;
  const key = `${call.action} ${id}`;
  const refused = call.state.lockRefusals[key] ?? 0;
  if (refused >= lockedTries) return;
  call.state.lockRefusals[key] = refused + 1;
  throw new Refusal('FailedOperation.MigrationLockError', 'The task is locked by another operation.');
}

/** `ResourceUnavailable.CosStatusErr`: the state of the task does not allow the action. */
export function wrongState(id: string, status: number): Refusal {
  return new Refusal('ResourceUnavailable.CosStatusErr', `${id} has status ${status}, which does not allow this.`);
}

/** A new id: the prefix and eight lower-case letters and digits. */
export function newImportId(call: Call, prefix: 'mssql-backup-migration-' | 'mssql-incremental-migration-'): string {
  const taken = new Set([...call.state.fulls, ...call.state.increments].map((each: Import) => each.id));
  for (;;) {
    const digest = createHash('sha256').update(call.environment.uuid()).digest('hex');
    const id = prefix + BigInt(`0x${digest}`).toString(36).slice(0, 8);
    if (!taken.has(id)) return id;
  }
}

/** Records an effect in the journal. `subject`: the file name without a URL and its query. */
export function record(call: Call, effect: JournalEntry['effect'], taskId: string, subject: string): void {
  call.state.journal.push({
    at: call.now,
    cloud: 'tencent',
    effect,
    operation: call.action,
    instanceId: text(call.parameters, 'InstanceId'),
    taskId,
    subject,
    requestId: call.requestId,
  });
}
