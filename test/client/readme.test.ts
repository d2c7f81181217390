import { readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Gateway } from '../../src/gateway.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { sandboxAccounts } from '../../src/sandbox/accounts.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { startTestGateway } from '../support/gateway.ts';

const read = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');

describe('the client’s example', () => {
  let clouds: Sandbox;
  let gateway: Gateway;
  beforeAll(async () => {
    clouds = await startSandbox({ host: '127.0.0.1', runtime: systemRuntime, restoreMs: 200 });
    gateway = await startTestGateway(sandboxAccounts(clouds));
  });
  afterAll(async () => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
    await gateway.stop(0);
    await clouds.close();
  });

  it('appears in the README exactly as this test runs it', async () => {
    const example = (await read('client/example.ts')).replace('./src/index.ts', '@godwit/client');
    expect(await read('client/README.md')).toContain(`\`\`\`ts\n${example}\`\`\``);
  });

  it('follows a restore to its end and finds it again by its label', async () => {
    vi.stubEnv('GODWIT_URL', gateway.url);
    const printed = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    await import('../../client/example.ts');
    const lines = printed.mock.calls.map((words) => words.join(' '));
    expect(lines.at(-2)).toMatch(/^succeeded/);
    expect(lines.at(-1)).toMatch(/^mig_\w+ 20/);
  });
});

describe('the client package', () => {
  it('depends on the versions that are tested here', async () => {
    const own = JSON.parse(await read('client/package.json')).dependencies;
    expect(JSON.parse(await read('package.json')).dependencies).toMatchObject(own);
  });

  it('uses no Node-only API', async () => {
    const files = (await readdir(new URL('../../client/src', import.meta.url))).filter((file) => file !== 'schema.ts');
    expect(files.length).toBeGreaterThan(5);
    const texts = await Promise.all(files.map((file) => read(`client/src/${file}`)));
    for (const text of texts) expect(text).not.toMatch(/'node:|\bprocess\.|\bBuffer\b/);
  });
});
