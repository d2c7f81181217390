import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Gateway } from '../../src/gateway.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { sandboxAccounts } from '../../src/sandbox/accounts.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { checkedConfig } from '../support/configuration.ts';
import { hasEnded, startTestGateway, untilMigration } from '../support/gateway.ts';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

function blocks(language: string): readonly string[] {
  return [...readme.matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, 'g'))].map((match) => match[1] ?? '');
}

describe('README.md', () => {
  let clouds: Sandbox;
  let gateway: Gateway;
  beforeAll(async () => {
    clouds = await startSandbox({ host: '127.0.0.1', runtime: systemRuntime, restoreMs: 200 });
    gateway = await startTestGateway(sandboxAccounts(clouds), { sandbox: true });
  });
  afterAll(async () => {
    await gateway.stop(0);
    await clouds.close();
  });

  it('contains a first request that works unchanged, also when repeated', async () => {
    const request = blocks('sh').find((block) => block.includes('curl')) ?? '';
    const command = request.replaceAll('http://127.0.0.1:8080', gateway.url);
    const shown = JSON.parse(blocks('json')[0] ?? '{}');
    for (const time of ['first', 'second']) {
      const { stdout } = await promisify(execFile)('sh', ['-c', command]);
      const created = JSON.parse(stdout);
      expect(Object.keys(created), time).toEqual(expect.arrayContaining(Object.keys(shown)));
      expect(created).toMatchObject({ provider: shown.provider, account: shown.account, state: shown.state });
      expect((await untilMigration(gateway.url, created.id, hasEnded)).state, time).toBe('succeeded');
    }
  });

  it('contains a configuration whose only faults are missing secrets', async () => {
    const [configuration] = blocks('yaml').filter((block) => block.includes('accounts:'));
    const file = parse((configuration ?? '').replace('<hex SHA-256 of the key>', 'ab'.repeat(32)));
    const environment = { ALI_AK: 'id', HW_PW: 'password', TC_ID: 'id', TC_KEY: 'key' };
    const faults = await checkedConfig(file, environment, false).then(
      () => [],
      (error: { faults: readonly string[] }) => error.faults,
    );
    expect(faults.filter((fault) => !fault.includes('/run/secrets/'))).toEqual([]);
  });
});
