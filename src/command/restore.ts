import { parse } from 'yaml';
import type { Godwit } from '../../client/src/client.ts';
import { GodwitProblem, GodwitUnexpectedAnswer, GodwitUnreachable } from '../../client/src/errors.ts';
import type { Migration, MigrationRequest } from '../../client/src/types.ts';
import { systemRuntime } from '../runtime.ts';
import { CommandError, errorText } from './error-text.ts';
import { follow, followingOf } from './follow.ts';
import { endWords, progressWords } from './migration-words.ts';
import { gatewayOf, textOf } from './remote.ts';
import { type ExitStatus, exit, type Input, UsageError } from './subcommand.ts';

/** `godwit restore`: starts a migration and follows it if requested, or performs a dry run. */
export async function run(input: Input): Promise<ExitStatus> {
  const file = input.value('file');
  if (file === undefined) throw new UsageError('-f is missing: the file with the request');
  const following = followingOf(input);
  const godwit = gatewayOf(input);
  const body = bodyIn(file === '-' ? await input.terminal.readInput() : await textOf(file), file);
  if (input.flag('dry-run')) return dryRun(godwit, body, input);

  const { terminal } = input;
  const key = input.value('idempotency-key') ?? systemRuntime.uuid();
  let data: Migration;
  try {
    ({ data } = await godwit.POST('/migrations', { body, params: { header: { 'Idempotency-Key': key } } }));
  } catch (error) {
    if (isDoubtful(error)) terminal.tell(`The request may have arrived. To repeat it safely: --idempotency-key ${key}`);
    if (!isStoredRefusal(error)) throw error;
    terminal.tell(errorText(error, input.flag('json')));
    return exit.failed;
  }
  const follows = input.flag('wait') || following.until.size > 0 || following.timeoutMs !== null;
  if (follows) return follow(godwit, data.id, input, { ...following, changes: false, begun: data });
  if (input.flag('json')) terminal.print(JSON.stringify(data));
  else terminal.print(data.error === null ? `${data.id} ${progressWords(data)}` : endWords(data, terminal));
  return data.state === 'failed' ? exit.failed : exit.done;
}

/** Parses a request from JSON or YAML. The gateway validates it. Throws `CommandError` if the text is neither or is not an object. */
function bodyIn(text: string, file: string): MigrationRequest {
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    throw new CommandError(`${place(file)} is neither JSON nor YAML: ${(error as Error).message.split('\n')[0]}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new CommandError(`${place(file)} contains no request`);
  return value as MigrationRequest;
}

function place(file: string): string {
  return file === '-' ? 'standard input' : file;
}

/** Whether the gateway may have stored the request although no success arrived. */
function isDoubtful(error: unknown): boolean {
  if (error instanceof GodwitProblem) return error.code === 'store_outcome_unknown' || error.code === 'internal';
  return error instanceof GodwitUnreachable || (error instanceof GodwitUnexpectedAnswer && error.status >= 500);
}

/** Whether the gateway stored the migration and the vendor then rejected it, so that it has failed. */
function isStoredRefusal(error: unknown): boolean {
  if (!(error instanceof GodwitProblem) || typeof error.document.migrationId !== 'string') return false;
  return error.code !== 'target_busy' && error.code !== 'idempotency_in_progress';
}

async function dryRun(godwit: Godwit, body: MigrationRequest, { terminal, flag }: Input): Promise<ExitStatus> {
  const { data } = await godwit.POST('/migrations/dry-run', { body, params: { query: { preflight: true } } });
  if (flag('json')) terminal.print(JSON.stringify(data));
  else {
    terminal.print(data.valid ? terminal.styled('green', 'possible') : terminal.styled('red', 'not possible'));
    for (const { code, pointer, parameter, detail } of data.problems)
      terminal.print(`  ${pointer ?? parameter ?? 'the request'}: ${detail} (${code})`);
    for (const note of data.notes) terminal.print(`  note: ${note.detail} (${note.code})`);
    for (const [index, call] of data.plan.entries()) terminal.print(`  ${index + 1}. ${call.operation}`);
  }
  return data.valid ? exit.done : exit.failed;
}
