import type { FileKind, Script } from './magic.ts';

/** A submitted file of a task, as plain JSON. The clock determines its state. */
export interface TaskFile {
  readonly key: string;
  readonly name: string;
  readonly kind: FileKind;
  readonly submittedAt: number;
  readonly durationMs: number;
  readonly failure: Script['failure'];
}

/** The recovery of the database, with the descriptions that follow it. */
export interface Opening {
  readonly at: number;
  readonly durationMs: number;
  /** Time from the end of the recovery to the result of the asynchronous check, in milliseconds. */
  readonly checkMs: number;
  readonly failure: string | null;
  readonly atOnce: string;
  readonly afterCheck: string;
  readonly clientToken: string | null;
}

/** A migration task, as plain JSON. The clock determines its state. */
export interface Task {
  readonly id: string;
  readonly instanceId: string;
  readonly dbName: string;
  readonly mode: 'FULL' | 'UPDF';
  readonly createdAt: number;
  readonly files: readonly TaskFile[];
  readonly opening: Opening | null;
  readonly terminatedAt: number | null;
}

/** The vendor's status of a migration task. */
export type TaskStatus = 'NoStart' | 'Running' | 'Waiting' | 'Success' | 'Failed';

/** The visible state of a task. */
export interface TaskView {
  readonly status: TaskStatus;
  readonly endedAt: number | null;
  readonly description: string;
}

/** The visible state of a file. */
export interface FileView {
  readonly status: string;
  readonly endedAt: number | null;
  readonly description: string;
}

/** Fraction of its duration for which a file has the status `NoStart`. */
const starting = 0.1;
const phases: readonly (readonly [until: number, status: string])[] = [
  [starting, 'NoStart'],
  [0.35, 'Downloading'],
  [0.4, 'Finished'],
  [0.5, 'CheckSuccess'],
  [1, 'Restoring'],
];
const terminatedText = 'The migration task was terminated.';

/** The state of a task at `now`, in milliseconds by the cloud's clock. */
export function viewTask(task: Task, now: number): TaskView {
  if (task.terminatedAt !== null) return { status: 'Failed', endedAt: task.terminatedAt, description: terminatedText };
  for (const [index, file] of task.files.entries()) {
    const { status, endedAt, description } = viewFile(file, now);
    if (file.failure !== null && endedAt !== null) return { status: 'Failed', endedAt, description };
    // A chain does not return to `NoStart` for a further file.
    if (status === 'NoStart') return { status: index === 0 ? 'NoStart' : 'Running', endedAt: null, description: '' };
    if (endedAt === null) return { status: 'Running', endedAt: null, description: '' };
  }
  const { opening } = task;
  if (opening === null) return { status: 'Waiting', endedAt: null, description: '' };
  const endedAt = opening.at + opening.durationMs;
  if (now < endedAt) return { status: 'Running', endedAt: null, description: '' };
  if (opening.failure !== null) return { status: 'Failed', endedAt, description: opening.failure };
  const checked = now >= endedAt + opening.checkMs;
  return { status: 'Success', endedAt, description: checked ? opening.afterCheck : opening.atOnce };
}

/** The state of a file at `now`, unless its task was terminated. */
function viewFile(file: TaskFile, now: number): FileView {
  const part = (now - file.submittedAt) / file.durationMs;
  if (file.failure !== null && part >= file.failure.at) {
    const endedAt = Math.ceil(file.submittedAt + file.durationMs * file.failure.at);
    return { status: file.failure.rowStatus, endedAt, description: file.failure.text };
  }
  for (const [until, status] of phases) {
    if (part < until) return { status, endedAt: null, description: '' };
  }
  return { status: 'Restored', endedAt: file.submittedAt + file.durationMs, description: '' };
}

/** The state of a file at `now`, within its task. */
export function viewFileOf(task: Task, file: TaskFile, now: number): FileView {
  if (task.terminatedAt === null) return viewFile(file, now);
  const then = viewFile(file, task.terminatedAt);
  if (then.endedAt !== null) return then;
  return { status: 'RestoreFailed', endedAt: task.terminatedAt, description: terminatedText };
}

/** The effect of a task on its database: `none`; `migrating` (in progress or waiting); `open`; `left_behind` (partially restored). */
export function databaseOf(task: Task, now: number): 'none' | 'migrating' | 'open' | 'left_behind' {
  const { status } = viewTask(task, now);
  if (status === 'Success') return 'open';
  if (status !== 'Failed') return 'migrating';
  const [base] = task.files;
  if (base === undefined) return 'none';
  const seen = viewFile(base, task.terminatedAt ?? now);
  return seen.status === 'Restoring' || seen.status === 'Restored' ? 'left_behind' : 'none';
}
