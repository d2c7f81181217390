import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Environment, ReadValues, Value } from '../domain/account-configuration.ts';
import { Secret } from '../domain/secret.ts';

/**
 * Reads the current value and trims white space, because secret files often end with a newline. Throws an `Error` that names the
 * environment variable or the file and never the value.
 */
export async function readValue(value: Value, environment: Environment): Promise<Secret> {
  if (typeof value === 'string') {
    if (value.trim() === '') throw new Error('is empty');
    return new Secret(value.trim());
  }
  if ('env' in value) {
    const text = environment[value.env]?.trim();
    if (text === undefined || text === '')
      throw new Error(`the environment variable ${variableName(value.env)} is not set`);
    return new Secret(text);
  }
  const text = await readFile(value.file, 'utf8').catch((error: unknown) => unreadable(value.file, error));
  return secretOf(value.file, text);
}

/** Reads a value from a file synchronously. Throws like `readValue`. */
export function readValueFile(path: string): Secret {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    return unreadable(path, error);
  }
  return secretOf(path, text);
}

function secretOf(path: string, text: string): Secret {
  if (text.trim() === '') throw new Error(`the file ${filePath(path)} is empty`);
  return new Secret(text.trim());
}

function unreadable(path: string, error: unknown): never {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
  throw new Error(`the file ${filePath(path)} cannot be read (${code})`, { cause: error });
}

/**
 * Returns a reader for a value that may change. A file is read at each call; while it is unreadable, the last good value is returned. An
 * unchanged value is the same object, so that derived values stay valid.
 */
function rereading(value: Value, environment: Environment): () => Promise<Secret> {
  let last: Secret | null = null;
  return async () => {
    try {
      const read = await readValue(value, environment);
      if (read.reveal() !== last?.reveal()) last = read;
    } catch (error) {
      if (last === null) throw error;
    }
    return last;
  };
}

/** The name of a variable for a message. A text that does not look like a name may be a misplaced secret and is not repeated. */
function variableName(name: string): string {
  return /^[A-Z][A-Z_]{0,60}$/.test(name) ? name : 'that `env` names';
}

function filePath(path: string): string {
  return /^\.{0,2}(\/[A-Za-z0-9._-]{1,30}){1,20}$/.test(path) ? path : 'that `file` names';
}

/**
 * Creates readers for credentials. Credentials with a value from a file are read at every use, others once. Unchanged credentials are the
 * same object.
 */
export function readingValues(environment: Environment): ReadValues {
  return (values, build) => {
    const mayChange = Object.values(values).some((value) => typeof value === 'object' && 'file' in value);
    const readers = Object.entries(values).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, rereading(value, environment)] as const],
    );
    let last: { readonly read: readonly Secret[]; readonly built: ReturnType<typeof build> } | null = null;
    return async () => {
      if (last !== null && !mayChange) return last.built;
      const read = await Promise.all(readers.map(([, reader]) => reader()));
      if (last === null || read.some((value, index) => value !== last?.read[index]))
        last = {
          read,
          built: build(Object.fromEntries(readers.map(([name], index) => [name, read[index] as Secret]))),
        };
      return last.built;
    };
  };
}
