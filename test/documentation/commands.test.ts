import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Gateway } from '../../src/gateway.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { sandboxAccounts } from '../../src/sandbox/accounts.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { markdownPages } from '../../tools/documents/prose.ts';
import { startTestGateway, temporaryFolder } from '../support/gateway.ts';

const root = resolve(import.meta.dirname, '../..');
const run = promisify(execFile);

/** Blocks that are not run here, by page and first line, with the reason. */
const notRun: Readonly<Record<string, string>> = {
  'README.md: npm ci && npm start': 'installs packages and runs for ever',
  'README.md: npm test': 'is the run that this test belongs to',
  'docs/operations/backup-and-restore.md: sqlite3 /data/godwit.db "VACUUM INTO \'/backup/godwit-$(date +%F).db\'"':
    'needs the program sqlite3; the next block does the same with Node',
  'docs/operations/image.md: docker build --build-arg REVISION="$(git rev-parse HEAD)" -t godwit .':
    'needs a container engine',
  'docs/operations/install-kubernetes.md: docker build -t registry.example.com/godwit:0.1.0 . && docker push registry.example.com/godwit:0.1.0':
    'needs a container engine and a registry',
  'docs/operations/install-kubernetes.md: kubectl create namespace godwit': 'needs a cluster',
  'docs/operations/install-kubernetes.md: helm -n godwit upgrade --install godwit ./helm/godwit -f values.yaml --wait':
    'needs a cluster',
  'docs/operations/install-vm.md: install -d /opt/godwit /etc/godwit': 'writes to /opt and installs packages',
  'docs/operations/install-vm.md: docker run -d --name godwit --restart unless-stopped --stop-timeout 40 \\':
    'needs a container engine',
};

/** The shell blocks of a page, without the indent of a list that they stand in. */
function shellBlocks(page: URL): readonly string[] {
  const fenced = readFileSync(page, 'utf8').matchAll(/^( *)```(?:sh|bash|shell|console)\n([\s\S]*?)^ *```$/gm);
  return [...fenced].map(([, indent = '', block = '']) => block.replaceAll(new RegExp(`^${indent}`, 'gm'), ''));
}

function named(page: string, block: string): string {
  return `${page}: ${block.split('\n')[0]}`;
}

const pages = markdownPages()
  .map((page) => ({ name: page.pathname.slice(root.length + 1), blocks: shellBlocks(page) }))
  .filter(({ blocks }) => blocks.length > 0);

/** A status of 400 or more ends curl with a failure; systemd is not there, so its program does nothing. */
const prelude = 'set -e\ncurl() { command curl -fS "$@"; }\nsystemctl() { :; }\n';

async function shell(block: string, environment: NodeJS.ProcessEnv): Promise<string> {
  const path = `${dirname(process.execPath)}:${process.env.PATH}`;
  const env = { PATH: path, ...environment };
  const { stdout } = await run('sh', ['-c', prelude + block], { cwd: root, env, timeout: 30_000 });
  return stdout;
}

describe('the list of commands that are not run', () => {
  it('names only blocks that are there', () => {
    const all = pages.flatMap(({ name, blocks }) => blocks.map((block) => named(name, block)));
    expect(all).toEqual(expect.arrayContaining(Object.keys(notRun)));
  });
});

describe('a documented command', () => {
  let clouds: Sandbox;
  beforeAll(async () => {
    clouds = await startSandbox({ host: '127.0.0.1', runtime: systemRuntime, restoreMs: 200 });
    // The pages speak of a reader's folder `prod/orders/`; the sandbox has one like it under another name.
    for (const file of clouds.objects.list('alibaba'))
      clouds.objects.put('alibaba', { ...file, key: file.key.replace('history/', 'prod/') });
  });
  afterAll(() => clouds.close());

  const runnable = pages
    .map(({ name, blocks }) => ({ name, blocks: blocks.filter((block) => !(named(name, block) in notRun)) }))
    .filter(({ blocks }) => blocks.length > 0);
  it.each(runnable)('of $name ends well', async ({ name, blocks }) => {
    const folder = await temporaryFolder();
    const accounts = sandboxAccounts(clouds).map((account) =>
      account.provider === 'alibaba' ? { ...account, name: 'ali-main' } : account,
    );
    await writeFile(join(folder, 'godwit.yaml'), JSON.stringify({ accounts }));
    const key = await documentedKey();
    const auth = { keys: [{ name: 'ci', sha256: key.sha256, scopes: ['admin'], accounts: ['*'] }] };
    const gateway: Gateway = await startTestGateway(accounts, {
      sandbox: true,
      storeUrl: `sqlite:${join(folder, 'godwit.db')}`,
      config: name === 'docs/authentication.md' ? { auth } : {},
    });
    try {
      for (const block of blocks) {
        const command = block
          .replaceAll(/http:\/\/(?:127\.0\.0\.1|localhost):8080/g, gateway.url)
          .replaceAll('http://127.0.0.1:9403', clouds.admin.url)
          .replaceAll('/opt/godwit/node_modules/.bin/node', process.execPath)
          .replaceAll('/opt/godwit/', `${root}/`)
          .replaceAll('/etc/godwit/', `${folder}/`)
          .replaceAll('/data/', `${folder}/`);
        const failure = await shell(command, { GODWIT: gateway.url, key: key.value }).then(
          () => null,
          (error: { stdout: string; stderr: string }) => `${block}\n${error.stderr}\n${error.stdout}`,
        );
        expect(failure).toBeNull();
      }
    } finally {
      await gateway.stop(0);
      clouds.faults.clear();
    }
  });
});

/** A key and its digest, made as docs/authentication.md says. */
async function documentedKey(): Promise<{ readonly value: string; readonly sha256: string }> {
  const page = pages.find(({ name }) => name === 'docs/authentication.md');
  const make = page?.blocks.find((block) => block.startsWith('key='));
  const [sha256 = '', value = ''] = (await shell(`${make}\nprintf '%s\\n' "$key"`, {})).trim().split('\n');
  return { value, sha256: sha256.split(' ')[0] ?? '' };
}
