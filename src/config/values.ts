import { readFile } from 'node:fs/promises';
import { type Static, Type } from '@sinclair/typebox';
import { Secret } from '../domain/secret.ts';

/** A value given literally, by the name of an environment variable, or by the path of a file that is read again when it changes. */
export const ValueSchema = Type.Union([
  Type.String({ minLength: 1 }),
  Type.Object({ env: Type.String({ minLength: 1 }) }, { additionalProperties: false }),
  Type.Object({ file: Type.String({ minLength: 1 }) }, { additionalProperties: false }),
]);
export type Value = Static<typeof ValueSchema>;

export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the value now. Surrounding white space is dropped: trailing newlines in secret files are common. Throws with the place, never the value. */
export async function readValue(value: Value, environment: Environment): Promise<Secret> {
  if (typeof value === 'string') return new Secret(value);
  if ('env' in value) {
    const text = environment[value.env]?.trim();
    if (text === undefined || text === '')
      throw new Error(`the environment variable ${variableName(value.env)} is not set`);
    return new Secret(text);
  }
  let text: string;
  try {
    text = (await readFile(value.file, 'utf8')).trim();
  } catch (error) {
    throw new Error(
      `the file ${filePath(value.file)} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`,
      { cause: error },
    );
  }
  if (text === '') throw new Error(`the file ${filePath(value.file)} is empty`);
  return new Secret(text);
}

/** The same value again and again: a file is read anew each time, and while it cannot be read the last good value serves. */
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
