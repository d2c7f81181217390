import type { Environment } from '../domain/account-configuration.ts';

/** What a subcommand takes after its name. */
export interface Operand {
  readonly name: string;
  readonly required: boolean;
  /** Whether there may be several; only of the last one. */
  readonly multiple?: true;
}

/** One `--option`. */
export interface Option {
  /** How its value is called in the help; absent: it takes none. */
  readonly value?: string;
  readonly short?: string;
  /** Whether it may be given several times. */
  readonly multiple?: true;
  readonly help: string;
}

/** A subcommand, as the help shows it and as its arguments are checked. */
export interface Subcommand {
  /** One or two words. */
  readonly name: string;
  readonly summary: string;
  readonly operands: readonly Operand[];
  readonly options: Readonly<Record<string, Option>>;
  /** What the help says below the options: examples, exit status. */
  readonly more: string;
  /** The code, loaded when it is called. */
  load(): Promise<{ run(input: Input): Promise<ExitStatus> }>;
}

/** How a command ends; docs/command.md has the table. */
export const exit = {
  done: 0,
  error: 1,
  usage: 2,
  failed: 3,
  cancelled: 4,
  timeOver: 5,
  interrupted: 130,
} as const;
export type ExitStatus = (typeof exit)[keyof typeof exit];

/** The arguments cannot be understood; `message` says why. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Where a command reads and writes. */
export interface Terminal {
  /** A line, or several, for standard output. */
  print(text: string): void;
  /** The same for standard error. */
  tell(text: string): void;
  /** Text in place of the line that stands there; only where `width` is not null. */
  replaceLine(text: string): void;
  /** Columns of standard output; null: it is no terminal. */
  readonly width: number | null;
  /** The text in a style where standard output shows colours: it is a terminal, and `NO_COLOR` is not set. */
  styled(style: 'bold' | 'dim' | 'red' | 'green' | 'yellow', text: string): string;
  /** All of standard input. */
  readInput(): Promise<string>;
}

/** What a subcommand is called with. */
export interface Input {
  readonly operands: readonly string[];
  flag(name: string): boolean;
  /** The value of an option; the last one where several were given. */
  value(name: string): string | undefined;
  values(name: string): readonly string[];
  readonly environment: Environment;
  readonly terminal: Terminal;
  /** Begins to listen for an interruption by the user, which then no longer ends the process but aborts the signal. */
  interruption(): AbortSignal;
}
