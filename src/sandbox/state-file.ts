import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { CloudName } from './cloud.ts';
import type { StoredFile } from './object-store/objects.ts';

/** The persistent state: the clouds' snapshots and their clocks. */
export interface SandboxState {
  readonly version: 1;
  readonly clouds: Readonly<Partial<Record<CloudName, unknown>>>;
  /** Stored objects by cloud, without the history that every store starts with. */
  readonly objects?: Readonly<Partial<Record<CloudName, readonly StoredFile[]>>>;
  readonly clockOffsetMs: Readonly<Partial<Record<CloudName, number>>>;
}

/** The state in `file`; null if there is no such file. Throws if the file is not a sandbox state. */
export function readState(file: string): SandboxState | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const value = parse(text);
  if (value?.version !== 1) throw new Error(`${file} does not hold a sandbox's state; move it away to start afresh`);
  return value;
}

/** Replaces `file` atomically: after a crash it holds the complete old or new state. Returns once it is on disk. */
export function writeState(file: string, state: SandboxState): void {
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.new`;
  const handle = openSync(temporary, 'w', 0o600);
  try {
    writeSync(handle, JSON.stringify(state));
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(temporary, file);
  const directory = openSync(dirname(file), 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

function parse(text: string): SandboxState | null {
  try {
    return JSON.parse(text) as SandboxState | null;
  } catch {
    return null;
  }
}
