import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { systemRuntime } from '../../../src/runtime.ts';
import { sandboxAccounts } from '../../../src/sandbox/accounts.ts';
import { startSandbox } from '../../../src/sandbox/sandbox.ts';
import type { Sandbox } from '../../../src/sandbox/server.ts';
import { freePort, startTestGateway, temporaryFolder } from '../../support/gateway.ts';

/** The folder of the project. */
export const root = resolve(import.meta.dirname, '../../..');
const run = promisify(execFile);

/** The shell blocks of a page with that word after the language, without the indent of a list. */
export function shellBlocks(page: URL | string, word = ''): readonly string[] {
  const fence = new RegExp(`^( *)\`\`\`(?:sh|bash|shell|console)${word}\\n([\\s\\S]*?)^ *\`\`\`$`, 'gm');
  const fenced = readFileSync(page, 'utf8').matchAll(fence);
  return [...fenced].map(([, indent = '', block = '']) => block.replaceAll(new RegExp(`^${indent}`, 'gm'), ''));
}

/**
 * The first program of a script that is missing, or null. With REQUIRE_DOCUMENTED_PROGRAMS=1 a missing program is an
 * error.
 */
export function missingProgram(blocks: readonly string[]): string | null {
  const folders = (process.env.PATH ?? '').split(':');
  const needed = ['jq', 'http'].filter((program) => new RegExp(`(?:^|[ (])${program} `, 'm').test(blocks.join('\n')));
  const missing = needed.find((program) => !folders.some((folder) => existsSync(join(folder, program)))) ?? null;
  if (missing !== null && process.env.REQUIRE_DOCUMENTED_PROGRAMS === '1')
    throw new Error(`REQUIRE_DOCUMENTED_PROGRAMS is set and ${missing} is not installed`);
  return missing;
}

/**
 * An error ends the script. systemd is absent, so `systemctl` does nothing. Pauses are short, because the sandbox is
 * quick.
 */
const prelude = `set -ex
trap 'kill $(jobs -p) 2>/dev/null || :' EXIT
curl() { command curl -fS "$@"; }
systemctl() { :; }
sleep() { command sleep 0.2; }
godwit() { node '${resolve(root, 'src/godwit.js')}' "$@"; }
npx() { "$@"; }
`;

/** Standard output of a `sh` script. Rejects with the output of a failed script. */
export async function shell(script: string, environment: NodeJS.ProcessEnv): Promise<string> {
  const path = `${dirname(process.execPath)}:${process.env.PATH}`;
  const env = { PATH: path, ...environment };
  const { stdout } = await run('sh', ['-c', prelude + script], { cwd: root, env, timeout: 100_000 });
  return stdout;
}

/** The emulated clouds with the folder `prod/orders/` of the pages, which the sandbox has under another name. */
export async function documentedClouds(): Promise<Sandbox> {
  const clouds = await startSandbox({ host: '127.0.0.1', runtime: systemRuntime, restoreMs: 200 });
  for (const file of clouds.objects.list('alibaba'))
    clouds.objects.put('alibaba', { ...file, key: file.key.replace('history/', 'prod/') });
  return clouds;
}

/**
 * Runs blocks in one shell, from top to bottom, against a separate gateway. Null, or the whole output when one failed.
 * `config` extends the gateway's configuration; `variables` extend the shell's environment.
 */
export async function failureOf(
  clouds: Sandbox,
  blocks: readonly string[],
  { config = {}, variables = {} }: { readonly config?: object; readonly variables?: NodeJS.ProcessEnv } = {},
): Promise<string | null> {
  const folder = await temporaryFolder();
  const accounts = sandboxAccounts(clouds).map((account) =>
    account.provider === 'alibaba' ? { ...account, name: 'ali-main' } : account,
  );
  await writeFile(join(folder, 'godwit.yaml'), JSON.stringify({ accounts }));
  // Without these HTTPie waits for its standard input and treats an answer of 400 or more as a success.
  const httpie = { default_options: ['--ignore-stdin', '--check-status'] };
  await writeFile(join(folder, 'config.json'), JSON.stringify(httpie));
  const gateway = await startTestGateway(accounts, {
    sandbox: true,
    storeUrl: `sqlite:${join(folder, 'godwit.db')}`,
    config: { feed: { scanMs: 200 }, ...config },
  });
  try {
    const receiver = await freePort();
    const script = blocks
      .join('\n')
      .replaceAll(/http:\/\/(?:127\.0\.0\.1|localhost):8080/g, gateway.url)
      .replaceAll('http://127.0.0.1:9403', clouds.admin.url)
      .replaceAll('127.0.0.1:9000', `127.0.0.1:${receiver}`)
      .replaceAll('listen(9000)', `listen(${receiver})`)
      .replaceAll('/opt/godwit/node_modules/.bin/node', process.execPath)
      .replaceAll('/opt/godwit/', `${root}/`)
      .replaceAll('/etc/godwit/', `${folder}/`)
      .replaceAll('/data/', `${folder}/`);
    await shell(script, { GODWIT: gateway.url, GODWIT_URL: gateway.url, HTTPIE_CONFIG_DIR: folder, ...variables });
    return null;
  } catch (error) {
    const { stdout = '', stderr = String(error) } = error as { readonly stdout?: string; readonly stderr?: string };
    return `${stderr}\n${stdout}`;
  } finally {
    await gateway.stop(0);
    clouds.faults.clear();
  }
}
