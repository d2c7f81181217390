import { execFile } from 'node:child_process';
import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { malformedStoreUrls, piecesOfPassword } from '../support/store-urls.ts';
import { minimal } from './fixtures.ts';

const run = promisify(execFile);
const main = resolve(import.meta.dirname, '../../src/godwit.js');

/** Runs `godwit --check-config` on a file with that text. */
async function check(text: string) {
  const folder = await mkdtemp(join(tmpdir(), 'godwit-check-'));
  const path = join(folder, 'godwit.yaml');
  await writeFile(path, text);
  const env: NodeJS.ProcessEnv = { PATH: process.env.PATH, GODWIT_CONFIG: path };
  const ended = await run(process.execPath, [main, '--check-config'], { cwd: folder, env }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  );
  return { ...ended, left: (await readdir(folder)).filter((name) => name !== 'godwit.yaml') };
}

describe('godwit --check-config', () => {
  it('reports a valid file and starts nothing', async () => {
    const { code, stdout, stderr, left } = await check(JSON.stringify(minimal()));
    expect({ code, stdout, stderr, left }).toEqual({
      code: 0,
      stdout: 'the configuration is valid\n',
      stderr: '',
      left: [],
    });
  });

  it('warns about a region that its provider does not list and suggests the nearest one', async () => {
    const file = minimal();
    const [first] = file.accounts as { region: string }[];
    const { code, stdout } = await check(JSON.stringify({ ...file, accounts: [{ ...first, region: 'cn-hangzou' }] }));
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^warning: accounts\[0\]\.region: .* lists no region cn-hangzou; did you mean cn-hangzhou\?\n/,
    );
    expect(stdout).toContain('the configuration is valid\n');
  });

  it('names a credential that cannot be sent and the position of the bad character, without its value', async () => {
    const [account] = minimal().accounts as unknown as { credentials: Record<string, string> }[];
    const name = Object.keys(account?.credentials ?? {}).at(-1) ?? '';
    const file = { accounts: [{ ...account, credentials: { ...account?.credentials, [name]: 'CANARY\u200bsecret' } }] };
    const { code, stderr } = await check(JSON.stringify(file));
    expect(code).toBe(1);
    expect(stderr).toContain(`accounts[0].credentials.${name}: contains the character U+200B at position 7 of 13`);
    expect(stderr).not.toContain('CANARY');
  });

  it('prints one line per fault without a stack trace and exits with 1', async () => {
    const { code, stdout, stderr } = await check('listen: { host: 0.0.0.0, port: x }\nacounts: []\n');
    expect(code).toBe(1);
    expect(stdout).toBe('');
    const lines = stderr.trim().split('\n');
    expect(lines[0]).toMatch(/^godwit: the configuration has \d faults:$/);
    expect(lines.slice(1).every((line) => line.startsWith('  - '))).toBe(true);
    for (const place of ['listen.port', 'acounts', 'auth', 'accounts']) expect(stderr).toContain(`- ${place}:`);
    expect(stderr).not.toMatch(/at .*\.ts:\d+/);
  });

  it('explains a fault in the store URL without any part of the password', async () => {
    const [, url = ''] = malformedStoreUrls.find(([what]) => what.startsWith('a slash behind digits')) ?? [];
    const { code, stdout, stderr } = await check(JSON.stringify({ ...minimal(), store: { url } }));
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^ {2}- store\.url: the user or the password .* percent-encoded/m);
    expect(stderr).not.toMatch(/at .*\.ts:\d+/);
    for (const piece of piecesOfPassword) expect(stderr).not.toContain(piece);
  });
});
