import type { JournalEntry } from '../cloud.ts';
import type { EmulatedObjects } from '../object-store/objects.ts';
import { Refusal } from './errors.ts';
import type { Instance } from './instance.ts';
import type { AlibabaStore } from './store.ts';
import type { Task } from './task.ts';

/** What an operation works with: the parameters have passed the operation's schema. */
export interface OperationContext {
  readonly parameters: Readonly<Record<string, string>>;
  readonly instance: Instance;
  readonly store: AlibabaStore;
  /** The cloud's time. */
  readonly now: number;
  readonly restoreMs: number;
  /** How old a task must be for lists to show it. */
  readonly listLagMs: number;
  /** The object store that files come from. */
  readonly objects: EmulatedObjects | undefined;
  /** Enters an effect in the journal. */
  record(effect: JournalEntry['effect'], taskId: string, subject: string): void;
}

/** Carries an operation out and returns the answer's members. Throws `Refusal`. */
export type Operation = (context: OperationContext) => Readonly<Record<string, unknown>>;

/** The task that `MigrateTaskId` names. Throws `Refusal` when there is none. */
export function namedTask({ parameters, instance, store }: OperationContext): Task {
  const task = store.find(instance.id, parameters.MigrateTaskId ?? '');
  if (task === undefined) throw new Refusal('InvalidMigrateTaskId.NotFound');
  return task;
}

/** A time as the vendor writes it: UTC, whole seconds; empty when there is none. */
export function timeText(at: number | null): string {
  return at === null ? '' : `${new Date(at).toISOString().slice(0, 19)}Z`;
}
