import type { JournalEntry } from '../cloud.ts';
import { databaseOf, type Task } from './task.ts';

/** The state of the cloud as plain JSON. */
export interface AlibabaSnapshot {
  readonly lastNumber: number;
  readonly tasks: readonly Task[];
  readonly nonces: readonly (readonly [nonce: string, at: number])[];
  readonly journal: readonly JournalEntry[];
  /** Time of the first restore request on each busy instance. */
  readonly firstAsked: readonly (readonly [instanceId: string, at: number])[];
}

/** Time for which a nonce is remembered, in milliseconds: twice the timestamp tolerance. Later replays fail because of their timestamp. */
const nonceMemoryMs = 30 * 60_000;

/** The state of the cloud. */
export class AlibabaStore {
  readonly journal: JournalEntry[];
  #lastNumber: number;
  readonly #tasks = new Map<string, Map<string, Task>>();
  readonly #nonces: Map<string, number>;
  readonly #firstAsked: Map<string, number>;

  constructor(saved: AlibabaSnapshot | undefined) {
    this.#lastNumber = saved?.lastNumber ?? 564_563_255;
    this.#nonces = new Map(saved?.nonces ?? []);
    this.#firstAsked = new Map(saved?.firstAsked ?? []);
    this.journal = [...(saved?.journal ?? [])];
    for (const task of saved?.tasks ?? []) this.put(task);
  }

  /** A unique number, as text, for a task or job. */
  nextId(): string {
    this.#lastNumber += 1;
    return String(this.#lastNumber);
  }

  /** Stores a nonce. Returns false if it was used before. */
  useNonce(nonce: string, now: number): boolean {
    for (const [old, at] of this.#nonces) {
      if (now - at <= nonceMemoryMs) break;
      this.#nonces.delete(old);
    }
    if (this.#nonces.has(nonce)) return false;
    this.#nonces.set(nonce, now);
    return true;
  }

  /** Records the first restore request on an instance. */
  ask(instanceId: string, now: number): void {
    if (!this.#firstAsked.has(instanceId)) this.#firstAsked.set(instanceId, now);
  }

  /** Time of the first restore request on an instance. */
  firstAsked(instanceId: string): number | undefined {
    return this.#firstAsked.get(instanceId);
  }

  put(task: Task): void {
    const tasks = this.#tasks.get(task.instanceId) ?? new Map<string, Task>();
    this.#tasks.set(task.instanceId, tasks.set(task.id, task));
  }

  find(instanceId: string, taskId: string): Task | undefined {
    return this.#tasks.get(instanceId)?.get(taskId);
  }

  /** The tasks of an instance, oldest first. */
  tasksOf(instanceId: string): readonly Task[] {
    return [...(this.#tasks.get(instanceId)?.values() ?? [])];
  }

  /** The databases that migrations created on an instance, by lower-case name. */
  databasesOf(
    instanceId: string,
    now: number,
  ): ReadonlyMap<string, { task: Task; state: ReturnType<typeof databaseOf> }> {
    const found = new Map<string, { task: Task; state: ReturnType<typeof databaseOf> }>();
    for (const task of this.tasksOf(instanceId)) {
      const name = task.dbName.toLowerCase();
      const state = databaseOf(task, now);
      // A later failed attempt does not remove the database that blocked it.
      if (state !== 'none') found.set(name, { task, state });
    }
    return found;
  }

  snapshot(): AlibabaSnapshot {
    return {
      lastNumber: this.#lastNumber,
      tasks: [...this.#tasks.values()].flatMap((tasks) => [...tasks.values()]),
      nonces: [...this.#nonces],
      journal: [...this.journal],
      firstAsked: [...this.#firstAsked],
    };
  }
}
