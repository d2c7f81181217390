import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Environment, ReadValues, Value } from '../domain/account-configuration.ts';
import { Secret } from '../domain/secret.ts';

/** Reads the value now. Surrounding white space is dropped: trailing newlines in secret files are common. Throws with the place, never the value. */
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

/** `readValue` of a file, where nothing can be waited for. */
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

/** A value that can be read repeatedly: a file is read each time, and the last good value is used while the file cannot be read. */
export function rereading(value: Value, environment: Environment): () => Promise<Secret> {
  let last: Secret | null = null;
  return async () => {
    try {
      last = await readValue(value, environment);
    } catch (error) {
      if (last === null) throw error;
    }
    return last;
  };
}

/** A name, where it can be nothing else: a secret that stands in its place by mistake is not repeated. */
function variableName(name: string): string {
  return /^[A-Z][A-Z_]{0,60}$/.test(name) ? name : 'that `env` names';
}

function filePath(path: string): string {
  return /^\.{0,2}(\/[A-Za-z0-9._-]{1,30}){1,20}$/.test(path) ? path : 'that `file` names';
}

/** Reads the values of credentials anew at every use. */
export function readingValues(environment: Environment): ReadValues {
  return (values, build) => {
    const readers = Object.entries(values).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, rereading(value, environment)] as const],
    );
    return async () => {
      const read = await Promise.all(readers.map(async ([name, reader]) => [name, await reader()] as const));
      return build(Object.fromEntries(read));
    };
  };
}
