import type { JournalEntry } from '../cloud.ts';
import type { EmulatedObjects } from '../object-store/objects.ts';
import { Refusal } from './errors.ts';
import type { Instance } from './instance.ts';
import type { AlibabaStore } from './store.ts';
import type { Task } from './task.ts';

/** The input of an operation. Its parameters have passed the operation's schema. */
export interface OperationContext {
  readonly parameters: Readonly<Record<string, string>>;
  readonly instance: Instance;
  readonly store: AlibabaStore;
  /** The cloud's time. */
  readonly now: number;
  readonly restoreMs: number;
  /** Age from which lists show a task. */
  readonly listLagMs: number;
  /** The object store of the files. */
  readonly objects: EmulatedObjects | undefined;
  /** Adds an effect to the journal. */
  record(effect: JournalEntry['effect'], taskId: string, subject: string): void;
}

/** Executes an operation and returns the members of its response. Throws `Refusal`. */
export type Operation = (context: OperationContext) => Readonly<Record<string, unknown>>;

/** The task named by `MigrateTaskId`. Throws `Refusal` if there is none. */
export function namedTask({ parameters, instance, store }: OperationContext): Task {
  const task = store.find(instance.id, parameters.MigrateTaskId ?? '');
  if (task === undefined) throw new Refusal('InvalidMigrateTaskId.NotFound');
  return task;
}

/** A time in the vendor's format: UTC, whole seconds; empty if there is none. */
export function timeText(at: number | null): string {
  return at === null ? '' : `${new Date(at).toISOString().slice(0, 19)}Z`;
}
