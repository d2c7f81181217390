import { createHash } from 'node:crypto';
import { keyNamePattern } from '../config/schema.ts';
import { closestName } from '../domain/spelling.ts';
import { scopes } from '../http/auth/authenticator.ts';
import { systemRuntime } from '../runtime.ts';
import { type ExitStatus, exit, type Input, UsageError } from './subcommand.ts';

const defaultScopes = ['migrations:read', 'migrations:write'];

/** `godwit keys new`: creates an API key and prints its row for the configuration. Throws `UsageError`. */
export async function run(input: Input): Promise<ExitStatus> {
  const [name = ''] = input.operands;
  if (!new RegExp(keyNamePattern).test(name))
    throw new UsageError('<name> must have up to 64 letters, digits, and . _ @ -, and begin with a letter or a digit');
  const wanted = input.values('scope').length === 0 ? defaultScopes : input.values('scope');
  for (const scope of wanted) checkScope(scope);
  const accounts = input.values('account').length === 0 ? ['*'] : input.values('account');
  const key = Buffer.from(systemRuntime.randomBytes(32)).toString('base64url');
  const row = { name, sha256: createHash('sha256').update(key).digest('hex'), scopes: wanted, accounts };
  const { terminal } = input;
  if (input.flag('json')) terminal.print(JSON.stringify({ key, row }));
  else {
    // Standard output contains only the row, so that it can be redirected to a file. The key goes to standard error.
    terminal.tell(`The key, shown only once:\n\n  ${key}\n\nThe row for auth.keys in the configuration:\n`);
    terminal.print(`- ${rowText(row)}`);
  }
  return exit.done;
}

function checkScope(scope: string): void {
  if (scopes.some((each) => each === scope)) return;
  const nearest = closestName(scope, scopes);
  const hint = nearest === null ? `the scopes are ${scopes.join(', ')}` : `did you mean ${nearest}?`;
  throw new UsageError(`unknown scope ${JSON.stringify(scope)}; ${hint}`);
}

/** Formats a row as a YAML flow mapping on one line. JSON strings are valid YAML. */
function rowText({
  name,
  sha256,
  scopes: allowed,
  accounts,
}: {
  readonly name: string;
  readonly sha256: string;
  readonly scopes: readonly string[];
  readonly accounts: readonly string[];
}): string {
  const list = (texts: readonly string[]) => `[${texts.map((text) => JSON.stringify(text)).join(', ')}]`;
  return `{ name: ${JSON.stringify(name)}, sha256: "${sha256}", scopes: ${list(allowed)}, accounts: ${list(accounts)} }`;
}
