import { parseArgs } from 'node:util';
import { closestName } from '../domain/spelling.ts';
import { type Option, type Subcommand, UsageError } from './subcommand.ts';

/** The option that all subcommands have. */
const help: Option = { short: 'h', help: 'this page' };

/** Returns the options of a subcommand, including the common ones. */
export function optionsOf({ options }: Pick<Subcommand, 'options'>): Readonly<Record<string, Option>> {
  return { ...options, help };
}

/** The parsed arguments of a subcommand. `given`: the values of each option, in order; the text is empty for an option without a value. */
export interface Arguments {
  readonly operands: readonly string[];
  readonly given: ReadonlyMap<string, readonly string[]>;
}

/** Parses the arguments that follow a subcommand's name. Throws `UsageError` for invalid arguments and for an unknown option. */
export function readArguments(
  subcommand: Pick<Subcommand, 'operands' | 'options'>,
  args: readonly string[],
): Arguments {
  const known = optionsOf(subcommand);
  const { tokens } = parseArgs({
    args: [...args],
    strict: false,
    tokens: true,
    allowPositionals: true,
    options: Object.fromEntries(
      Object.entries(known).map(([name, { value, short }]) => [
        name,
        {
          type: value === undefined ? ('boolean' as const) : ('string' as const),
          ...(short !== undefined && { short }),
        },
      ]),
    ),
  });
  const operands: string[] = [];
  const given = new Map<string, string[]>();
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value);
    if (token.kind !== 'option') continue;
    const option = known[token.name];
    if (option === undefined || !Object.hasOwn(known, token.name))
      throw unknownOption(token.rawName, token.name, known);
    const before = given.get(token.name) ?? [];
    if (before.length > 0 && option.multiple === undefined && option.value !== undefined)
      throw new UsageError(`${token.rawName} is given twice`);
    given.set(token.name, [...before, readValue(token, option)]);
  }
  if (!given.has('help')) checkOperands(subcommand, operands);
  return { operands, given };
}

function readValue(
  {
    rawName,
    value,
    inlineValue,
  }: { readonly rawName: string; readonly value?: string | undefined; readonly inlineValue?: boolean | undefined },
  option: Option,
): string {
  if (option.value === undefined) {
    if (value !== undefined) throw new UsageError(`${rawName} does not accept a value`);
    return '';
  }
  // Text that starts with a dash is an option, unless it is written as `--name=-value`. A lone dash means standard input.
  const isNext = value !== undefined && inlineValue !== true && value.startsWith('-') && value !== '-';
  if (value === undefined || value === '' || isNext) throw new UsageError(`${rawName} needs a value: ${option.value}`);
  return value;
}

function unknownOption(rawName: string, name: string, known: Readonly<Record<string, Option>>): UsageError {
  const nearest = rawName.startsWith('--') ? closestName(name, Object.keys(known)) : null;
  return new UsageError(`unknown option ${rawName}${nearest === null ? '' : `; did you mean --${nearest}?`}`);
}

function checkOperands({ operands: taken }: Pick<Subcommand, 'operands'>, operands: readonly string[]): void {
  const missing = taken.find(({ required }, index) => required && operands[index] === undefined);
  if (missing !== undefined) throw new UsageError(`<${missing.name}> is missing`);
  const surplus = taken.at(-1)?.multiple === true ? undefined : operands[taken.length];
  if (surplus !== undefined) throw new UsageError(`${JSON.stringify(surplus)} is one argument too many`);
}

/** Parses a duration such as `90s`, `30m` or `2h` into milliseconds; a bare number means seconds. Throws `UsageError`. */
export function readDuration(option: string, text: string): number {
  const [, number, unit = 's'] = /^(\d{1,6})(s|m|h)?$/.exec(text) ?? [];
  const milliseconds = { s: 1000, m: 60_000, h: 3_600_000 }[unit as 's' | 'm' | 'h'];
  if (number === undefined || Number(number) === 0)
    throw new UsageError(`${option} takes a duration such as 90s, 30m or 2h, not ${JSON.stringify(text)}`);
  return Number(number) * milliseconds;
}
