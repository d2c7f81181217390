import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { symlink } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import type { Page } from 'playwright-core';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root, shellBlocks } from '../documentation/support/commands.ts';
import { withUs } from '../support/children.ts';
import { freePort, temporaryFolder } from '../support/gateway.ts';
import { browserMissing, expectNoFaults, named, useBrowser } from './support/browser.ts';

/** The first ten minutes of a newcomer, with the unchanged commands of the README. */

const newPage = useBrowser();
const blocks = shellBlocks(`${root}/README.md`);

/** The block of the README that begins with that text. */
function command(beginning: string): string {
  const found = blocks.find((block) => block.startsWith(beginning));
  if (found === undefined) throw new Error(`the README has no command that begins with ${beginning}`);
  return found.trim();
}

const children: ChildProcess[] = [];
/** A command run in the folder of the project. It ends with the test. */
function typed(text: string, folder: string, environment: NodeJS.ProcessEnv = {}): ChildProcess {
  const PATH = [dirname(process.execPath), process.env.PATH].join(delimiter);
  const child = withUs(
    spawn('sh', ['-c', text], {
      cwd: folder,
      env: { PATH, HOME: folder, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    }),
  );
  children.push(child);
  return child;
}

/** Resolves when the child has printed the text. Rejects with its whole output when it ends first. */
function printed(child: ChildProcess, words: RegExp): Promise<string> {
  let output = '';
  return new Promise((done, fail) => {
    const take = (chunk: Buffer): void => {
      output += chunk.toString();
      if (words.test(output)) done(output);
    };
    child.stdout?.on('data', take);
    child.stderr?.on('data', take);
    child.once('exit', (code) => fail(new Error(`ended with ${code}: ${output}`)));
  });
}

/** A fresh clone of the project. */
async function freshFolder(): Promise<string> {
  const folder = await temporaryFolder();
  for (const name of ['package.json', 'src', 'node_modules']) await symlink(join(root, name), join(folder, name));
  return folder;
}

interface Chain {
  readonly cloud: string;
  readonly instance: string;
  readonly bucket: string;
  readonly full: string;
  readonly last: string;
}
const [alibaba, ...others]: readonly [Chain, ...Chain[]] = [
  {
    cloud: 'alibaba',
    instance: 'rm-uf6scratch01',
    bucket: 'acme-backups',
    full: 'prod/sales_FULL.bak',
    last: 'prod/sales_TAIL.bak',
  },
  {
    cloud: 'huawei',
    instance: '3c12f4bd8a6e4d7fscratch4e5f60718in04',
    bucket: 'acme-backups',
    full: 'prod/sales_FULL.bak',
    last: 'prod/sales_TAIL.bak',
  },
  {
    cloud: 'tencent',
    instance: 'mssql-scratch1',
    bucket: 'acme-backups-1250000000',
    full: 'prod/sales_20261128010000_2full2_2noreconvery2.bak',
    last: 'prod/sales_20261128020000_2log2_2reconvery2.bak',
  },
];
const chains = [alibaba, ...others];

async function fill(page: Page, { cloud, instance, bucket, full }: Chain): Promise<void> {
  await page.getByRole('link', { name: 'New migration' }).click();
  await page.locator('#account').selectOption(`sandbox-${cloud}`);
  await page.locator('#mode').selectOption('full_log');
  await page.locator('#name').fill(`sales-${cloud}`);
  await page.locator('#instanceId').fill(instance);
  await page.locator('#database').fill('sales');
  await page.locator('#bucket').fill(bucket);
  await page.locator('#keys').fill(full);
}

describe.skipIf(browserMissing !== null)(named('A newcomer', browserMissing), { timeout: 120_000 }, () => {
  let url: string;
  let port: number;
  let folder: string;
  beforeAll(async () => {
    folder = await freshFolder();
    port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const start = command('npm ci').split('&&').at(-1) ?? '';
    await printed(typed(start, folder, { PORT: String(port) }), /"msg":"listening"/);
  });
  afterAll(async () => {
    for (const { pid } of children) {
      try {
        process.kill(-(pid ?? 0), 'SIGTERM');
      } catch {
        // The process has already ended.
      }
    }
    await Promise.all(children.map((child) => (child.exitCode ?? child.signalCode) === null && once(child, 'exit')));
  });
  /** A command of the README with the address of this gateway. */
  const here = (text: string) => text.replaceAll('http://127.0.0.1:8080', url);

  it('follows the README to a chain on each cloud, a failure, an event stream and a webhook', async () => {
    const stream = typed(here(command('curl -N')), folder);
    const restored = printed(stream, /"to":"succeeded"[\s\S]*"to":"succeeded"[\s\S]*"to":"succeeded"/);

    const delivered: { readonly headers: Record<string, string>; readonly body: string }[] = [];
    const receiver = createServer(async (request, response) => {
      const body = Buffer.concat(await request.toArray()).toString();
      delivered.push({ headers: request.headers as Record<string, string>, body });
      response.writeHead(204).end();
    });
    await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done));
    const place = `127.0.0.1:${(receiver.address() as AddressInfo).port}`;
    const answer = await printed(
      typed(here(command('curl -s http://127.0.0.1:8080/webhooks')).replace('127.0.0.1:9000', place), folder),
      /"secret":"whsec_[^"]+".*\}/,
    );
    const { secret } = JSON.parse(answer) as { secret: string };

    const watched = await newPage();
    const { page } = watched;
    await page.goto(url);
    await page.waitForURL('**/board/');
    await page.locator('#environment', { hasText: 'SANDBOX' }).waitFor();
    await page.getByText('There are no migrations yet.').waitFor();

    const tabs = await Promise.all(
      chains.map(async (chain) => {
        // A separate window, because the browser draws a background tab once per second.
        const { page: tab } = await newPage();
        tab.setDefaultTimeout(40_000);
        await tab.goto(`${url}/board/`);
        await fill(tab, chain);
        await tab.getByText('It would be accepted').waitFor();
        await tab.getByRole('button', { name: 'Start the migration' }).click();
        await tab.locator('h1 .state[data-state="awaiting_backup"]').waitFor();
        await tab.getByRole('button', { name: 'Add a backup' }).click();
        await tab.locator('#backup-keys').fill(chain.last);
        await tab.locator('#backup-final').check();
        await tab.locator('#instance').fill(chain.instance);
        await tab.locator('dialog').getByRole('button', { name: 'Add a backup' }).click();
        await tab.locator('h1 .state[data-state="succeeded"]').waitFor();
        await tab.getByText(`The database is online on ${chain.instance}.`).waitFor();
        return tab;
      }),
    );
    await Promise.all(tabs.map((tab) => tab.context().close()));
    await page.bringToFront();
    for (const { cloud } of chains)
      await page
        .locator('tr', { hasText: `sales-${cloud}` })
        .locator('[data-state="succeeded"]')
        .waitFor();

    await fill(page, { ...alibaba, instance: 'rm-uf6scratch02', full: 'prod/sales_corrupt.bak' });
    await page.locator('#mode').selectOption('full');
    await page.getByRole('button', { name: 'Start the migration' }).click();
    const failure = page.locator('.standing .note[data-kind="fault"]');
    await failure.getByText('Check it with RESTORE VERIFYONLY, or back up again.').waitFor();
    await failure.getByText('the backup file is corrupted or newer edition').waitFor();
    await failure.getByText('What to do:').waitFor();

    await restored;
    await expect.poll(() => delivered.filter(({ body }) => body.includes('"to":"succeeded"')).length).toBe(3);
    for (const { headers, body } of delivered) {
      const message = new Webhook(secret).verify(body, headers) as { type: string; specversion: string };
      expect(message.specversion).toBe('1.0');
    }
    receiver.close();
    expectNoFaults(watched);
    await page.context().close();
  });
});
