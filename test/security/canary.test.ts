import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway } from '../../src/gateway.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { checkedConfig } from '../support/configuration.ts';
import { spawnGateway, temporaryFolder, testListen } from '../support/gateway.ts';
import { canary, found } from './support/canaries.ts';
import { type Answers, echoes, useEverything } from './support/whole-api.ts';
import { allSecrets, configurationIn, providers, startWorld, type World } from './support/world.ts';

async function filesOf(folder: string, except: readonly string[]): Promise<[string, string][]> {
  const names = (await readdir(folder)).filter((name) => !except.includes(name));
  return Promise.all(
    names.map(async (name) => [name, (await readFile(join(folder, name))).toString('latin1')] as [string, string]),
  );
}

function expectClean(place: string, text: string): void {
  expect(found(text, allSecrets(world)), `in ${place}`).toEqual([]);
}

/** The answers without the paths asked for, which repeat the caller's own canaries. */
function withoutPaths({ all }: Answers): string[] {
  return all.map((answer) => answer.replace(/^(GET|POST|PATCH|DELETE) \S+/, ''));
}

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

describe('no secret leaks', () => {
  it('from a gateway in this process: its trace log, its answers, its database', async () => {
    const folder = await temporaryFolder();
    const lines: string[] = [];
    const config = await checkedConfig({ ...(await configurationIn(folder, world)), listen: testListen }, {}, false);
    const log = createLog('trace', { write: (line: string) => void lines.push(line) });
    const gateway = await startGateway(config, systemRuntime, log, 'test');
    let answers: Answers;
    let files: [string, string][];
    try {
      answers = await useEverything(gateway.url, world, providers);
      files = await filesOf(folder, ['key']);
    } finally {
      await gateway.stop(1000);
    }
    expect(lines.length).toBeGreaterThan(100);
    expect(world.issued.every((key) => key.length >= 12)).toBe(true);
    expect(world.issued.length).toBeGreaterThan(0);
    expect(answers.echoed.length, 'refusals that repeat the request').toBe(3 * echoes.length);
    expect(answers.all.filter((answer) => / (201|202) /.test(answer)).length).toBeGreaterThan(10);
    expect(Object.values(world.proxies).every((proxy) => proxy.secrets.size >= 3)).toBe(true);
    const own = withoutPaths(answers);
    expectClean('the answers', own.join('\n'));
    expectClean('the log', lines.join('\n'));
    expect(files.map(([name]) => name)).toContain('godwit.db');
    for (const [name, text] of [...files, ...(await filesOf(folder, ['key']))]) expectClean(name, text);
  });

  it('from a process: its output, its arguments, its files, also when it cannot start', async () => {
    const folder = await temporaryFolder();
    const gateway = await spawnGateway(folder, await configurationIn(folder, world));
    // The other test covers each provider; this one covers the process.
    const answers = await useEverything(gateway.url, world, ['tencent']);
    const commandLine = await readFile(`/proc/${gateway.process.pid}/cmdline`, 'utf8');
    const title = await readFile(`/proc/${gateway.process.pid}/comm`, 'utf8');
    const files = await filesOf(folder, ['key', 'godwit.json']);
    await gateway.end('SIGTERM');
    const own = withoutPaths(answers);
    for (const [place, text] of [
      ['the output', gateway.output()],
      ['the arguments', commandLine],
      ['the title', title],
      ['the answers', own.join('\n')],
      ...files,
    ] as const)
      expectClean(place, text);

    const password = canary('storepassword');
    const broken = {
      ...(await configurationIn(folder, world)),
      store: { url: `postgres://godwit:${password}@127.0.0.1:1/godwit` },
    };
    const ended = await spawnGateway(folder, broken).catch((error: Error) => error);
    expect(ended).toBeInstanceOf(Error);
    expect(found(String(ended), [password, ...allSecrets(world)])).toEqual([]);
  }, 120_000);
});
