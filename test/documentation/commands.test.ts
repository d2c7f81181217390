import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { markdownPages } from '../../tools/documents/prose.ts';
import { documentedClouds, failureOf, missingProgram, root, shell, shellBlocks } from './support/commands.ts';

/** Skipped blocks by page and first line, with the reason. */
const notRun: Readonly<Record<string, string>> = {
  'README.md: npm ci && npm start': 'installs packages and runs for ever',
  'README.md: npm test': 'is the run that this test belongs to',
  "README.md: curl -N http://127.0.0.1:8080/migrations/events -H 'accept: text/event-stream'":
    'runs for ever; test/browser/newcomer.test.ts runs it',
  'docs/authentication.md: key=$(openssl rand -base64 33); printf %s "$key" | sha256sum':
    'is run before the gateway starts, which needs the digest',
  'docs/operations/backup-and-restore.md: sqlite3 /data/godwit.db "VACUUM INTO \'/backup/godwit-$(date +%F).db\'"':
    'needs the program sqlite3; the next block does the same with Node',
  'docs/operations/image.md: docker build --build-arg REVISION="$(git rev-parse HEAD)" -t godwit .':
    'needs a container engine',
  "docs/operations/image.md: docker buildx imagetools inspect node:24-bookworm-slim --format '{{.Manifest.Digest}}'":
    'needs a container engine and a registry',
  'docs/operations/install-kubernetes.md: docker build -t registry.example.com/godwit:0.1.0 . && docker push registry.example.com/godwit:0.1.0':
    'needs a container engine and a registry',
  'docs/operations/install-kubernetes.md: kubectl create namespace godwit': 'needs a cluster',
  'docs/operations/install-kubernetes.md: helm -n godwit upgrade --install godwit ./helm/godwit -f values.yaml --wait':
    'needs a cluster',
  'docs/operations/install-vm.md: install -d /opt/godwit /etc/godwit': 'writes to /opt and installs packages',
  'docs/operations/install-vm.md: docker run -d --name godwit --restart unless-stopped --stop-timeout 40 \\':
    'needs a container engine',
};

function named(page: string, block: string): string {
  return `${page}: ${block.split('\n')[0]}`;
}

const pages = markdownPages()
  .map((page) => ({ name: page.pathname.slice(root.length + 1), blocks: shellBlocks(page) }))
  .filter(({ blocks }) => blocks.length > 0);

describe('the list of skipped commands', () => {
  it('names only existing blocks', () => {
    const all = pages.flatMap(({ name, blocks }) => blocks.map((block) => named(name, block)));
    expect(all).toEqual(expect.arrayContaining(Object.keys(notRun)));
  });
});

describe('the documented commands', () => {
  let clouds: Sandbox;
  beforeAll(async () => {
    clouds = await documentedClouds();
  });
  afterAll(() => clouds.close());

  for (const { name, blocks } of pages) {
    const runnable = blocks.filter((block) => !(named(name, block) in notRun));
    const missing = missingProgram(runnable);
    const title = missing === null ? `of ${name} succeed` : `of ${name} succeed (skipped: ${missing} is not installed)`;
    if (runnable.length > 0)
      it.skipIf(missing !== null)(title, { timeout: 120_000 }, async () => {
        const key = await documentedKey();
        const auth = { keys: [{ name: 'ci', sha256: key.sha256, scopes: ['admin'], accounts: ['*'] }] };
        const config = name === 'docs/authentication.md' ? { auth } : {};
        expect(await failureOf(clouds, runnable, { config, variables: { key: key.value } })).toBeNull();
      });
  }
});

/** A key and its digest, made as docs/authentication.md describes. */
async function documentedKey(): Promise<{ readonly value: string; readonly sha256: string }> {
  const page = pages.find(({ name }) => name === 'docs/authentication.md');
  const make = page?.blocks.find((block) => block.startsWith('key='));
  const [sha256 = '', value = ''] = (await shell(`${make}\nprintf '%s\\n' "$key"`, {})).trim().split('\n');
  return { value, sha256: sha256.split(' ')[0] ?? '' };
}
