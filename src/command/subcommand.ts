import type { Environment } from '../domain/account-configuration.ts';

/** A positional argument of a subcommand. */
export interface Operand {
  readonly name: string;
  readonly required: boolean;
  /** Whether it may be repeated. Allowed for the last operand only. */
  readonly multiple?: true;
}

/** One `--option`. */
export interface Option {
  /** The name of the value in the help; absent: the option has no value. */
  readonly value?: string;
  readonly short?: string;
  /** Whether it may be given several times. */
  readonly multiple?: true;
  readonly help: string;
}

/** A subcommand with its help and its arguments. */
export interface Subcommand {
  /** Its name of one or two words. */
  readonly name: string;
  readonly summary: string;
  readonly operands: readonly Operand[];
  readonly options: Readonly<Record<string, Option>>;
  /** Help text below the options: examples and exit statuses. */
  readonly more: string;
  /** Loads the module of the subcommand. */
  load(): Promise<{ run(input: Input): Promise<ExitStatus> }>;
}

/** The exit statuses of commands. docs/command.md explains them. */
export const exit = {
  done: 0,
  error: 1,
  usage: 2,
  failed: 3,
  cancelled: 4,
  timeOver: 5,
  interrupted: 130,
} as const;
/** The exit status of a command. */
export type ExitStatus = (typeof exit)[keyof typeof exit];

/** Invalid arguments. `message` states the reason. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Input and output of a command. */
export interface Terminal {
  /** Prints one or more lines to standard output. */
  print(text: string): void;
  /** Prints one or more lines to standard error. */
  tell(text: string): void;
  /** Replaces the current line. Use it only if `width` is not null. */
  replaceLine(text: string): void;
  /** Number of columns of standard output; null: it is not a terminal. */
  readonly width: number | null;
  /** Styles the text if standard output is a terminal and `NO_COLOR` is not set. */
  styled(style: 'bold' | 'dim' | 'red' | 'green' | 'yellow', text: string): string;
  /** Reads all of standard input. */
  readInput(): Promise<string>;
}

/** The parsed arguments of a command with its environment and terminal. */
export interface Input {
  readonly operands: readonly string[];
  flag(name: string): boolean;
  /** The value of an option, or the last value if it is repeated. */
  value(name: string): string | undefined;
  values(name: string): readonly string[];
  readonly environment: Environment;
  readonly terminal: Terminal;
  /** Returns a signal that aborts when the user interrupts. After this call an interruption no longer ends the process. */
  interruption(): AbortSignal;
}
