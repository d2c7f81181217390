import { readFile } from 'node:fs/promises';
import { createGodwit, type Godwit } from '../../client/src/client.ts';
import type { Credential } from '../../client/src/send.ts';
import { CommandError } from './error-text.ts';
import { type Input, UsageError } from './subcommand.ts';

const defaultUrl = 'http://127.0.0.1:8080';

/** Creates a client for the gateway that the options and the environment name. Throws `UsageError` for an invalid address. */
export function gatewayOf(input: Pick<Input, 'value' | 'environment'>): Godwit {
  const url = input.value('url') ?? (input.environment.GODWIT_URL || defaultUrl);
  if (!/^https?:\/\//.test(url) || !URL.canParse(url))
    throw new UsageError(`${JSON.stringify(url)} is not the address of a gateway, such as ${defaultUrl}`);
  return createGodwit({ url, credential: credentialOf(input) });
}

/** Options override the environment, and in the environment a key overrides a key file. */
function credentialOf({ value, environment }: Pick<Input, 'value' | 'environment'>): Credential | undefined {
  const [key, file] = [value('key'), value('key-file')];
  if (key !== undefined && file !== undefined) throw new UsageError('--key and --key-file exclude each other');
  if (key !== undefined) return key;
  if (file !== undefined) return () => keyIn(file);
  if (environment.GODWIT_API_KEY) return environment.GODWIT_API_KEY;
  const named = environment.GODWIT_API_KEY_FILE;
  return named ? () => keyIn(named) : undefined;
}

/** The client reads the key before each attempt, so that it may change while a command waits. */
async function keyIn(file: string): Promise<string> {
  const text = (await textOf(file)).trim();
  if (text === '') throw new CommandError(`the key file ${file} is empty`);
  return text;
}

/** Returns the text of a file. Throws `CommandError` with the reason if it cannot be read. */
export async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reasons: Readonly<Record<string, string>> = {
      ENOENT: 'there is no such file',
      EACCES: 'this user may not read it',
      EISDIR: 'it is a folder',
    };
    throw new CommandError(`${file} cannot be read: ${reasons[code ?? ''] ?? code}`);
  }
}
