import { text } from 'node:stream/consumers';
import { styleText } from 'node:util';
import type { Terminal } from './subcommand.ts';

/** Control sequence that moves to the start of the line and clears it. */
const emptyLine = '\r\u001b[2K';

/** Creates the terminal of this process. */
export function processTerminal(): Terminal {
  const { stdin, stdout, stderr } = process;
  let lineStands = false;
  /** Ends the process if the reader of standard output has closed it, as `head` does. */
  const leave = (error: NodeJS.ErrnoException): void => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  };
  const write = (line: string): void => {
    if (stdout.listenerCount('error', leave) === 0) stdout.on('error', leave);
    stdout.write(line);
  };
  const endLine = (): void => {
    if (lineStands) stdout.write('\n');
    lineStands = false;
  };
  return {
    print(line) {
      endLine();
      write(`${line}\n`);
    },
    tell(line) {
      endLine();
      stderr.write(`${line}\n`);
    },
    replaceLine(line) {
      write(`${emptyLine}${line}`);
      lineStands = true;
    },
    width: stdout.isTTY ? stdout.columns || 80 : null,
    // `styleText` omits colours if standard output is not a terminal or `NO_COLOR` is set.
    styled: (style, words) => styleText(style, words, { stream: stdout }),
    readInput: () => text(stdin),
  };
}
