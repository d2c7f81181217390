import { optionsOf } from './arguments.ts';
import type { Option, Subcommand } from './subcommand.ts';

/** Returns the help page of one subcommand. */
export function helpOf(subcommand: Subcommand): string {
  const operands = subcommand.operands.map(({ name, required, multiple }) => {
    const shown = `<${name}>${multiple === true ? '…' : ''}`;
    return required ? shown : `[${shown}]`;
  });
  const usage = ['godwit', subcommand.name, ...operands, '[options]'].join(' ');
  const options = Object.entries(optionsOf(subcommand)).map(
    ([name, option]) => [optionText(name, option), option.help] as const,
  );
  return [`${subcommand.summary}.`, `  ${usage}`, columns(options), subcommand.more]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** Returns the help page with all subcommands. */
export function overview(subcommands: readonly Subcommand[]): string {
  const rows = subcommands.map(({ name, summary }) => [name, summary] as const);
  return `godwit restores SQL Server backups into managed instances of three clouds, through one REST resource.

  godwit [command] [options]

${columns(rows)}

Without a command the gateway starts. godwit help <command> says more; godwit --version prints the version.`;
}

function optionText(name: string, { short, value }: Option): string {
  return `${short === undefined ? '    ' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`;
}

/** Formats two columns and wraps the second one. */
function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  const room = 100 - width - 4;
  return rows
    .flatMap(([left, right]) =>
      wrapped(right, room).map((line, index) => `  ${(index === 0 ? left : '').padEnd(width)}  ${line}`),
    )
    .join('\n');
}

function wrapped(text: string, room: number): readonly string[] {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? '';
    if (last !== '' && last.length + 1 + word.length > room) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines;
}
