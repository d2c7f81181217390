import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { withUs } from '../support/children.ts';
import { type GatewayProcess, spawnGateway, temporaryFolder } from '../support/gateway.ts';

const main = resolve(import.meta.dirname, '../../src/godwit.js');
const running: GatewayProcess[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((gateway) => gateway.end('SIGKILL')));
});

/** Runs `godwit` as a separate process in a folder. */
function run(folder: string, url: string, args: readonly string[]): Promise<{ code: number | null; text: string }> {
  const env = { PATH: process.env.PATH, GODWIT_URL: url, FORCE_COLOR: undefined };
  return new Promise((done) => {
    const child = execFile(process.execPath, [main, ...args], { cwd: folder, env }, (_, stdout, stderr) =>
      done({ code: child.exitCode, text: `${stdout}${stderr}` }),
    );
  });
}

it('the command follows a restore, stops on interrupt and resets a sandbox only when its gateway is stopped', async () => {
  const folder = await temporaryFolder();
  const gateway = await spawnGateway(folder, null);
  running.push(gateway);
  const request = (mode: string) => ({
    provider: 'alibaba',
    mode,
    target: { instanceId: `rm-${mode}process`.replace('_', ''), databases: [{ name: 'orders' }] },
    source: { type: 'object_storage', bucket: 'acme-backups', keys: ['prod/orders.bak'] },
  });
  await writeFile(join(folder, 'full.json'), JSON.stringify(request('full')));
  await writeFile(join(folder, 'chain.json'), JSON.stringify(request('full_log')));

  const [waited, locked, interrupted] = await Promise.all([
    run(folder, gateway.url, ['restore', '-f', 'full.json', '--wait']),
    run(folder, gateway.url, ['sandbox', 'reset']),
    interruptedRestore(folder, gateway.url),
  ]);
  expect(waited).toEqual({ code: 0, text: expect.stringMatching(/\nmig_\w+ succeeded\n/) });
  // Without a terminal there are no colours.
  expect(waited.text).not.toContain('\u001b');
  expect(locked).toEqual({ code: 1, text: expect.stringContaining('is in use by another process') });
  expect(interrupted).toEqual({ code: 130, text: expect.stringMatching(/interrupted; mig_\w+ continues\n$/) });

  await gateway.end('SIGTERM');
  running.length = 0;
  expect(existsSync(join(folder, 'data/godwit.db'))).toBe(true);
  const reset = await run(folder, gateway.url, ['sandbox', 'reset', '--json']);
  expect(reset.code).toBe(0);
  expect(JSON.parse(reset.text).deleted).toEqual(expect.arrayContaining(['./data/godwit.db', './data/sandbox.json']));
  expect(existsSync(join(folder, 'data/godwit.db'))).toBe(false);
}, 60_000);

/** Follows the restore of a chain until its first line. */
function interruptedRestore(folder: string, url: string): Promise<{ code: number | null; text: string }> {
  const env = { PATH: process.env.PATH, GODWIT_URL: url };
  const child = withUs(spawn(process.execPath, [main, 'restore', '-f', 'chain.json', '--wait'], { cwd: folder, env }));
  let text = '';
  child.stderr.on('data', (piece: Buffer) => {
    text += piece.toString();
  });
  child.stdout.on('data', (piece: Buffer) => {
    text += piece.toString();
    if (text.includes('mig_')) child.kill('SIGINT');
  });
  return new Promise((done) => child.once('exit', (code) => done({ code, text })));
}
