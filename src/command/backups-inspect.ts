import type { Godwit } from '../../client/src/client.ts';
import type { components } from '../../client/src/schema.ts';
import { accountNamed, folderOf } from './named.ts';
import { gatewayOf } from './remote.ts';
import { type ExitStatus, exit, type Input, type Terminal, UsageError } from './subcommand.ts';
import { table } from './table.ts';

type Inspection = components['schemas']['Inspection'];
type Account = components['schemas']['Account'];

/**
 * `godwit backups inspect`: prints the files of a folder and their chains. The exit status is `failed` unless every chain is complete and
 * there is one.
 */
export async function run(input: Input): Promise<ExitStatus> {
  const { bucket, prefix } = folderOf(input.operands[0] ?? '', '<bucket/prefix>');
  const godwit = gatewayOf(input);
  const account = await accountOf(godwit, input.value('account'));
  const [region, endpoint, database] = (['region', 'endpoint', 'database'] as const).map((name) => input.value(name));
  const { data } = await godwit.POST('/backups/inspect', {
    body: {
      provider: account.provider,
      account: account.name,
      bucket,
      prefix,
      ...(region !== undefined && { region }),
      ...(endpoint !== undefined && { endpoint }),
      ...(database !== undefined && { database }),
    },
  });
  if (input.flag('json')) input.terminal.print(JSON.stringify(data));
  else show(data, input.terminal);
  return data.chains.length > 0 && data.chains.every(({ complete }) => complete) ? exit.done : exit.failed;
}

/** Returns the named account, or the only account if none is named. Throws `UsageError`. */
async function accountOf(godwit: Godwit, name: string | undefined): Promise<Account> {
  const accounts: Account[] = [];
  for await (const account of godwit.paginate('/accounts')) accounts.push(account);
  if (name !== undefined) return accountNamed(accounts, name);
  const [only] = accounts;
  if (only !== undefined && accounts.length === 1) return only;
  const names = accounts.map((account) => account.name);
  throw new UsageError(`--account is missing: ${names.join(', ') || 'the gateway shows none'}`);
}

function show({ files, chains }: Inspection, terminal: Terminal): void {
  if (files.length === 0) terminal.print('no files found');
  else showFiles(files, terminal);
  for (const chain of chains) showChain(chain, terminal);
  if (files.length > 0 && chains.length === 0) terminal.print('\nno file is a backup that a chain can start with');
}

function showFiles(files: Inspection['files'], terminal: Terminal): void {
  const rows = files.map(({ key, size, header, faults }) => [
    key,
    sizeWords(size),
    header?.type ?? '-',
    header?.database ?? '-',
    header?.firstLsn ?? '-',
    header?.lastLsn ?? '-',
    faults.map(({ code }) => code).join(', '),
  ]);
  terminal.print(table(['FILE', 'SIZE', 'TYPE', 'DATABASE', 'FIRST LSN', 'LAST LSN', 'FAULTS'], rows));
  for (const { key, faults } of files)
    for (const { code, detail } of faults) terminal.print(terminal.styled('yellow', `${key}: ${detail} (${code})`));
}

function showChain(chain: Inspection['chains'][number], terminal: Terminal): void {
  const { database, complete, restores, needless, gaps } = chain;
  const verdict = complete ? terminal.styled('green', 'complete') : terminal.styled('red', 'incomplete');
  terminal.print(`\n${database}: ${verdict}`);
  for (const [index, key] of restores.entries()) terminal.print(`  ${index + 1}. ${key}`);
  if (needless.length > 0) terminal.print(terminal.styled('dim', `  not needed: ${needless.join(', ')}`));
  for (const { detail } of gaps) terminal.print(terminal.styled('red', `  ${detail}`));
}

/** Formats a number of bytes in the largest binary unit in which it is at least 1. */
function sizeWords(bytes: number): string {
  const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), 4);
  const number = bytes / 1024 ** power;
  return `${power === 0 ? number : number.toFixed(1)} ${['B', 'KiB', 'MiB', 'GiB', 'TiB'][power]}`;
}
