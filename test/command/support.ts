import { dispatch } from '../../src/command/dispatch.ts';
import type { Terminal } from '../../src/command/subcommand.ts';

export interface Ran {
  readonly status: number;
  readonly out: string;
  readonly err: string;
  /** The successive contents of the progress line. */
  readonly lines: readonly string[];
}

export interface RunOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Columns of the terminal; null without a terminal. */
  readonly width?: number | null;
  readonly interrupted?: AbortSignal;
}

/** Runs the command in this process, with a recorded terminal. */
export async function godwit(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { environment = {}, input = '', width = null, interrupted = new AbortController().signal } = options;
  const [out, err, lines]: [string[], string[], string[]] = [[], [], []];
  const terminal: Terminal = {
    print: (text) => out.push(text),
    tell: (text) => err.push(text),
    replaceLine: (text) => lines.push(text),
    width,
    styled: (_, text) => text,
    readInput: async () => input,
  };
  const status = await dispatch(args, environment, terminal, () => interrupted);
  return { status, out: out.join('\n'), err: err.join('\n'), lines };
}
