import type { Environment } from '../domain/account-configuration.ts';
import { closestName } from '../domain/spelling.ts';
import { type Arguments, readArguments } from './arguments.ts';
import { subcommands } from './catalogue.ts';
import { errorText } from './error-text.ts';
import { helpOf, overview } from './help.ts';
import { type ExitStatus, exit, type Input, type Subcommand, type Terminal, UsageError } from './subcommand.ts';

/**
 * Runs one command and returns its exit status. Reports every failure on standard error. `interruption` creates a signal that aborts when
 * the user interrupts; only commands that can stop cleanly call it.
 */
export async function dispatch(
  args: readonly string[],
  environment: Environment,
  terminal: Terminal,
  interruption: () => AbortSignal,
): Promise<ExitStatus> {
  let asJson = false;
  try {
    const asked = helpAskedFor(args);
    if (asked !== null) return help(asked, terminal);
    const { subcommand, rest } = chosen(args);
    const read = readArguments(subcommand, rest);
    if (read.given.has('help')) return help(subcommand.name.split(' '), terminal);
    asJson = read.given.has('json');
    const { run } = await subcommand.load();
    return await run(inputOf(read, environment, terminal, interruption));
  } catch (error) {
    terminal.tell(error instanceof UsageError ? usageText(error, args) : errorText(error, asJson));
    return error instanceof UsageError ? exit.usage : exit.error;
  }
}

/** The words after `help`; an empty list for a lone `--help`; null for any other command. */
function helpAskedFor(args: readonly string[]): readonly string[] | null {
  const [first, ...rest] = args;
  if (first === 'help') return rest;
  return first === '--help' || first === '-h' ? [] : null;
}

function help(words: readonly string[], terminal: Terminal): ExitStatus {
  const page = words.length === 0 ? overview(subcommands) : pageOf(words);
  terminal.print(page);
  return exit.done;
}

/** Returns the help page of a subcommand, or the pages of all subcommands in a group. */
function pageOf(words: readonly string[]): string {
  const group = subcommands.filter(({ name }) => name.startsWith(`${words[0]} `));
  if (words.length === 1 && group.length > 0) return group.map(helpOf).join('\n\n');
  return helpOf(chosen(words).subcommand);
}

/**
 * Returns the subcommand that the first words name, and the remaining arguments. Without a name the subcommand is `serve`. Throws
 * `UsageError`.
 */
function chosen(args: readonly string[]): { readonly subcommand: Subcommand; readonly rest: readonly string[] } {
  const named = args.findIndex((arg) => arg.startsWith('-'));
  const words = named === -1 ? args : args.slice(0, named);
  const names = subcommands.map(({ name }) => name);
  for (const length of [2, 1, 0]) {
    const name = length === 0 ? 'serve' : words.slice(0, length).join(' ');
    const subcommand = subcommands.find((each) => each.name === name);
    const isNamed = length === 0 ? words.length === 0 : words.length >= length;
    if (subcommand !== undefined && isNamed) return { subcommand, rest: args.slice(length) };
  }
  const [first = ''] = words;
  const group = names.filter((name) => name.startsWith(`${first} `));
  if (group.length > 0 && words.length === 1) throw new UsageError(`godwit ${first} needs one of: ${group.join(', ')}`);
  const nearest = closestName(words.slice(0, 2).join(' '), names) ?? closestName(first, names);
  throw new UsageError(
    `unknown command ${JSON.stringify(first)}${nearest === null ? '' : `; did you mean godwit ${nearest}?`}`,
  );
}

function usageText({ message }: UsageError, args: readonly string[]): string {
  const named = subcommands.find(({ name }) => `${args.join(' ')} `.startsWith(`${name} `));
  return `godwit: ${message}\ngodwit help${named === undefined ? '' : ` ${named.name}`} says more.`;
}

function inputOf(
  { operands, given }: Arguments,
  environment: Environment,
  terminal: Terminal,
  interruption: () => AbortSignal,
): Input {
  return {
    operands,
    flag: (name) => given.has(name),
    value: (name) => given.get(name)?.at(-1),
    values: (name) => given.get(name) ?? [],
    environment,
    terminal,
    interruption,
  };
}
