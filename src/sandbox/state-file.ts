import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { CloudName } from './cloud.ts';
import type { StoredFile } from './object-store/objects.ts';

/** The stored state: snapshots of the clouds, their objects and their clock offsets. */
export interface SandboxState {
  readonly version: 1;
  readonly clouds: Readonly<Partial<Record<CloudName, unknown>>>;
  /** Stored objects by cloud, without the initial history. */
  readonly objects?: Readonly<Partial<Record<CloudName, readonly StoredFile[]>>>;
  readonly clockOffsetMs: Readonly<Partial<Record<CloudName, number>>>;
}

/** Reads the state from a file; null if the file does not exist. Throws if the file does not contain the state of a sandbox. */
export function readState(file: string): SandboxState | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const value = parse(text);
  if (value?.version !== 1)
    throw new Error(`${file} does not contain the state of a sandbox; move it away to start with an empty sandbox`);
  return value;
}

/** Replaces a file atomically: after a crash it contains the complete old or the complete new state. Returns once it is on disk. */
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
