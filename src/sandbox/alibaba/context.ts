import type { JournalEntry } from '../cloud.ts';
import type { EmulatedObjects } from '../object-store/objects.ts';
import { Refusal } from './errors.ts';
import type { Instance } from './instance.ts';
import type { AlibabaStore } from './store.ts';
import type { Task } from './task.ts';

/** The input of an operation. The parameters conform to the operation's schema. */
export interface OperationContext {
  readonly parameters: Readonly<Record<string, string>>;
  readonly instance: Instance;
  readonly store: AlibabaStore;
  /** The cloud's time in milliseconds since the epoch. */
  readonly now: number;
  readonly restoreMs: number;
  /** Age in milliseconds from which lists show a task. */
  readonly listLagMs: number;
  /** The object store that contains the files. */
  readonly objects: EmulatedObjects | undefined;
  /** Adds an effect to the journal. */
  record(effect: JournalEntry['effect'], taskId: string, subject: string): void;
}

/** Executes an operation and returns the members of its response. Throws `Refusal`. */
export type Operation = (context: OperationContext) => Readonly<Record<string, unknown>>;

/** The task that `MigrateTaskId` names. Throws `Refusal` if it does not exist. */
export function namedTask({ parameters, instance, store }: OperationContext): Task {
  const task = store.find(instance.id, parameters.MigrateTaskId ?? '');
  if (task === undefined) throw new Refusal('InvalidMigrateTaskId.NotFound');
  return task;
}

/** Formats a time as the vendor does: UTC, whole seconds. Empty for null. */
export function timeText(at: number | null): string {
  return at === null ? '' : `${new Date(at).toISOString().slice(0, 19)}Z`;
}
