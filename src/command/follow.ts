import type { Godwit } from '../../client/src/client.ts';
import { hasEnded, type Migration, type MigrationState } from '../../client/src/types.ts';
import { closestName } from '../domain/spelling.ts';
import { migrationStates } from '../domain/vocabulary.ts';
import { readDuration } from './arguments.ts';
import { cut, endWords, progressWords } from './migration-words.ts';
import { type ExitStatus, exit, type Input, UsageError } from './subcommand.ts';

/** How long to follow a migration and how to print it. */
export interface Following {
  readonly until: ReadonlySet<MigrationState>;
  /** Maximum duration in milliseconds; null: no limit. */
  readonly timeoutMs: number | null;
  /** Whether `--json` prints every change or only the final state. */
  readonly changes: boolean;
  /** The migration if this command has created it; null: it already existed. */
  readonly begun: Migration | null;
}

/** Parses `--until` and `--timeout`. Throws `UsageError`. */
export function followingOf(input: Pick<Input, 'value' | 'values'>): Pick<Following, 'until' | 'timeoutMs'> {
  const timeout = input.value('timeout');
  return {
    until: new Set(input.values('until').map(stateOf)),
    timeoutMs: timeout === undefined ? null : readDuration('--timeout', timeout),
  };
}

function stateOf(text: string): MigrationState {
  const state = migrationStates.find((each) => each === text);
  if (state !== undefined) return state;
  const nearest = closestName(text, migrationStates);
  const hint = nearest === null ? `one of ${migrationStates.join(', ')}` : `did you mean ${nearest}?`;
  throw new UsageError(`unknown state ${JSON.stringify(text)}; ${hint}`);
}

/** Follows a migration to its end, to a requested state or until the timeout, and prints its progress. Throws if the first request fails. */
export async function follow(godwit: Godwit, id: string, input: Input, following: Following): Promise<ExitStatus> {
  const { terminal } = input;
  const { until, timeoutMs, changes, begun } = following;
  const interrupted = input.interruption();
  const over = timeoutMs === null ? null : AbortSignal.timeout(timeoutMs);
  const signal = over === null ? interrupted : AbortSignal.any([interrupted, over]);
  const json = input.flag('json');
  let last = begun;
  let troubled = false;
  const onTrouble = (error: unknown): void => {
    if (!troubled) terminal.tell(`godwit: ${(error as Error).message}; trying again`);
    troubled = true;
  };
  try {
    // The first request runs without retries, so that a wrong address, key or id fails immediately.
    if (begun === null) await godwit.GET('/migrations/{id}', { params: { path: { id } }, signal });
    else if (!json) showProgress(begun, null, input);
    for await (const migration of godwit.watch(id, { signal, onTrouble })) {
      troubled = false;
      if (json && changes) terminal.print(JSON.stringify(migration));
      else if (!json) showProgress(migration, last, input);
      last = migration;
      if (until.has(migration.state)) break;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    if (json && !changes && last !== null) terminal.print(JSON.stringify(last));
    terminal.tell(`godwit: ${interrupted.aborted ? 'interrupted' : 'timeout'}; ${id} continues`);
    return interrupted.aborted ? exit.interrupted : exit.timeOver;
  }
  if (last === null) return exit.error;
  if (json && !changes) terminal.print(JSON.stringify(last));
  if (!json) terminal.print(endWords(last, terminal));
  return statusOf(last, until);
}

/** Replaces the current line on a terminal. Elsewhere prints a line if it differs from the previous one. */
function showProgress(migration: Migration, before: Migration | null, { terminal }: Input): void {
  const words = progressWords(migration);
  if (terminal.width !== null) terminal.replaceLine(cut(`${migration.id} ${words}`, terminal.width - 1));
  else if (before === null || progressWords(before) !== words)
    terminal.print(`${migration.updatedAt} ${migration.id} ${words}`);
}

/** A chain with a failed backup also waits in a state of `--until`, but it counts as failed. */
function statusOf({ state, blocking }: Migration, until: ReadonlySet<MigrationState>): ExitStatus {
  if (state === 'failed' || blocking.some(({ code }) => code === 'backup_failed')) return exit.failed;
  if (state === 'cancelled') return exit.cancelled;
  return until.has(state) || hasEnded({ state }) ? exit.done : exit.error;
}
