import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Gateway } from '../../src/gateway.ts';
import { requestExamples, sandboxExampleAccounts } from '../../src/http/schemas/examples.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { sandboxAccounts } from '../../src/sandbox/accounts.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { freePort, startTestGateway, untilMigration } from '../support/gateway.ts';
import { providers } from '../support/providers.ts';
import { browserMissing, expectNoFaults, named, useBrowser, type WatchedPage } from './support/browser.ts';
import { type Explorer, openExplorer } from './support/explorer.ts';
import { nginxMissing, type PathProxy, startNginx } from './support/nginx.ts';

const newPage = useBrowser();
const restoreMs = 150;
const secret = 'key-of-the-operator';
const keys = [
  {
    name: 'operator',
    sha256: createHash('sha256').update(secret).digest('hex'),
    scopes: ['admin'],
    accounts: ['*'],
  },
];
const { createMigration: creations = {} } = requestExamples(sandboxExampleAccounts(providers.all), providers.all);

let clouds: Sandbox;
beforeAll(async () => {
  clouds = await startSandbox({ host: '127.0.0.1', runtime: systemRuntime, restoreMs });
});
afterAll(() => clouds?.close());

/** Examples that wait for input from a person; the test cancels them. */
const rests = new Set(['tencent_upload', 'tencent_folder']);

/** Continues a created migration as its example describes and returns its final state. */
async function carryOn(gateway: Gateway, explorer: Explorer, name: string, id: string): Promise<string> {
  if (rests.has(name)) {
    // An idle chain may still take a file of its folder, so the test cancels it after the last one is restored.
    const waits: Parameters<typeof untilMigration>[2] = ({ blocking, state, backups }) =>
      name.endsWith('_upload')
        ? blocking.some(({ code }) => code === 'awaiting_upload')
        : state === 'awaiting_backup' && backups.length === 6;
    await untilMigration(gateway.url, id, waits);
    await explorer.fill('cancelMigration', 'id', id);
    expect((await explorer.execute('cancelMigration')).status).toBeLessThan(300);
    return (await untilMigration(gateway.url, id, ({ state }) => state === 'cancelled')).state;
  }
  if (name.endsWith('_chain')) {
    await untilMigration(gateway.url, id, ({ state }) => state === 'awaiting_backup');
    await explorer.fill('addBackup', 'id', id);
    for (const backup of ['log', 'last']) {
      await explorer.choose('addBackup', name.replace('_chain', `_${backup}`));
      expect((await explorer.execute('addBackup')).status).toBe(201);
    }
  }
  return (await untilMigration(gateway.url, id, ({ finishedAt }) => finishedAt !== null)).state;
}

describe.skipIf(browserMissing !== null)(named('The explorer of the sandbox', browserMissing), () => {
  let gateway: Gateway;
  let watched: WatchedPage;
  let explorer: Explorer;
  beforeAll(async () => {
    gateway = await startTestGateway(sandboxAccounts(clouds), { sandbox: true });
    watched = await newPage();
    explorer = await openExplorer(watched.page, `${gateway.url}/docs`);
  });
  afterAll(() => gateway?.stop(0));

  it('shows the creation of a migration within three screens, with each problem on one line', async () => {
    const { page } = watched;
    expect(await page.textContent('#environment')).toBe('SANDBOX');
    const height = () => page.evaluate<number>('document.documentElement.scrollHeight');
    const before = await height();
    await explorer.open('createMigration');
    expect((await height()) - before).toBeLessThan(3 * 900);
    const problems = page.locator('[id$="-createMigration"] tr.godwit-problem');
    expect(await problems.count()).toBeGreaterThan(8);
    await problems.first().getByRole('button', { name: 'Examples' }).click();
    await page.locator('[id$="-createMigration"] .response[data-code="400"] .example').first().waitFor();
    expect(await page.getByRole('button', { name: 'Authorize' }).count()).toBe(0);
  });

  it('carries out each example twice with the outcome that the example describes', async () => {
    for (const time of ['first', 'second']) {
      const ids = new Map<string, string>();
      for (const name of Object.keys(creations)) {
        await explorer.choose('createMigration', name);
        const { status, body } = await explorer.execute('createMigration');
        expect([201, 202], `${name}, the ${time} time: ${JSON.stringify(body)}`).toContain(status);
        ids.set(name, String(body.id));
      }
      for (const [name, id] of ids) {
        const state = await carryOn(gateway, explorer, name, id);
        expect(state, `${name}, the ${time} time`).toBe(rests.has(name) ? 'cancelled' : 'succeeded');
      }
    }
    expectNoFaults(watched);
  }, 240_000);

  it('lists every migration until the user sets a filter', async () => {
    const { status, body } = await explorer.execute('listMigrations');
    const all = (await (await fetch(`${gateway.url}/migrations`)).json()) as { items: unknown[] };
    expect(status).toBe(200);
    expect((body.items as unknown[]).length).toBe(all.items.length);
    expect(all.items.length).toBe(2 * Object.keys(creations).length);
  });

  it.each(['swagger-ui-bundle.js', 'explorer.js', 'openapi.json'])('reloads itself when %s is lost', async (lost) => {
    const { page } = await newPage();
    await page.clock.install();
    await page.route(`**/${lost}`, (route) => route.abort('connectionreset'), { times: 1 });
    await page.goto(`${gateway.url}/docs`);
    await page.getByText('The page did not load completely.').waitFor();
    await page.clock.fastForward(3000);
    await page.waitForSelector('.opblock');
    await page.context().close();
  });

  it('shows the meaning of an error and the field that it concerns', async () => {
    await explorer.write('createMigration', { provider: 'alibaba', target: { instanceId: 'rm-uf6wjk5' }, finl: true });
    const { status, body } = await explorer.execute('createMigration');
    expect(status).toBe(400);
    expect(body).toMatchObject({
      code: 'invalid_request',
      errors: [expect.objectContaining({ pointer: '/finl', detail: expect.stringMatching(/is not a known field/) })],
    });
    const meaning = await fetch(new URL(String(body.type), gateway.url));
    expect(((await meaning.json()) as { help: string }).help).toMatch(/Correct the fields/);
    expectNoFaults(watched);
  });
});

async function enterKey(page: WatchedPage['page'], key: string): Promise<void> {
  await page.getByRole('button', { name: 'Authorize', exact: true }).first().click();
  await page.locator('.auth-container input').first().fill(key);
  await page.locator('.auth-btn-wrapper .authorize').first().click();
}

describe.skipIf(browserMissing !== null)(named('The explorer of a real configuration', browserMissing), () => {
  let gateway: Gateway;
  beforeAll(async () => {
    const accounts = sandboxAccounts(clouds).map((account) => ({ ...account, name: `${account.provider}-main` }));
    gateway = await startTestGateway(accounts, { config: { auth: { keys } } });
  });
  afterAll(() => gateway?.stop(0));

  it('says that the examples do not follow a new key when the document cannot be read with it', async () => {
    const { page } = await newPage();
    await openExplorer(page, `${gateway.url}/docs`);
    const notice = page.locator('#notice');
    const before = await notice.textContent();
    await page.route('**/openapi.json', (route) => route.fulfill({ status: 502, body: 'no gateway' }));
    await enterKey(page, secret);
    await page.getByText('The examples below do not follow the key: openapi.json could not be read: 502.').waitFor();

    await page.unroute('**/openapi.json');
    await page.locator('.auth-btn-wrapper button', { hasText: 'Logout' }).first().click();
    await page.getByText(before ?? '', { exact: true }).waitFor();
    await page.context().close();
  }, 120_000);

  it('names accounts to a caller with a grant and creates a migration only after its dry run is confirmed', async () => {
    const watched = await newPage();
    const { page } = watched;
    const explorer = await openExplorer(page, `${gateway.url}/docs`);
    expect(await page.textContent('#environment')).toBe('LIVE');
    await explorer.open('createMigration');
    const body = page.locator('[id$="-createMigration"] textarea.body-param__text');
    expect(await body.inputValue()).not.toContain('account');

    const reread = page.waitForResponse((response) => response.url().endsWith('/openapi.json'));
    await enterKey(page, secret);
    await reread;
    await page.locator('.btn-done').first().click();

    const asked: string[] = [];
    let answer = false;
    page.on('dialog', (dialog) => {
      asked.push(dialog.message());
      void (answer ? dialog.accept() : dialog.dismiss());
    });
    for (const name of Object.keys(creations)) {
      await explorer.choose('createMigration', name);
      expect(JSON.parse(await body.inputValue()).account).toBe(`${name.split('_')[0]}-main`);
      for (const time of ['first', 'second'])
        expect(await explorer.execute('createMigration'), `${name}, the ${time} time`).toMatchObject({
          status: 200,
          body: { valid: true, problems: [] },
        });
    }
    expect(asked.every((text) => text.startsWith('LIVE: this starts a real restore.'))).toBe(true);
    expect(asked[0]).toContain('1. CreateMigrateTask');
    const headers = { 'x-api-key': secret };
    const listed = await fetch(`${gateway.url}/migrations`, { headers });
    expect(((await listed.json()) as { items: unknown[] }).items).toEqual([]);

    answer = true;
    await explorer.choose('createMigration', 'alibaba');
    expect((await explorer.execute('createMigration')).status).toBe(201);
    expectNoFaults(watched);
    await page.context().close();
  }, 240_000);
});

describe.skipIf(browserMissing !== null || nginxMissing !== null)(
  named('Behind nginx with a path prefix', browserMissing ?? nginxMissing),
  () => {
    const running: { stop?(graceMs: number): Promise<void>; close?(): Promise<void> }[] = [];
    afterAll(async () => {
      for (const each of running.reverse()) await (each.stop?.(0) ?? each.close?.());
    });

    it.each([
      ['publicUrl', false],
      ['X-Forwarded-Prefix from a configured proxy', true],
    ])(
      'with %s the explorer and the board work and every link stays below the base path',
      async (_name, tellPrefix) => {
        const port = await freePort();
        const publicUrl = `http://127.0.0.1:${port}/godwit`;
        const config = tellPrefix ? { trustedProxies: ['127.0.0.1'] } : { publicUrl: `${publicUrl}/` };
        const gateway = await startTestGateway(sandboxAccounts(clouds), { config, sandbox: true });
        running.push(gateway);
        const proxy: PathProxy = await startNginx(port, Number(new URL(gateway.url).port), tellPrefix);
        running.push(proxy);
        expect(proxy.url).toBe(publicUrl);

        const watched = await newPage();
        const { page } = watched;
        const outside: string[] = [];
        page.on('request', (request) => {
          if (!request.url().startsWith(`${publicUrl}/`) && !request.url().startsWith('data:'))
            outside.push(request.url());
        });
        const explorer = await openExplorer(page, `${publicUrl}/docs`);
        await explorer.choose('createMigration', 'tencent');
        const created = await explorer.execute('createMigration');
        expect(created.status).toBe(201);
        await explorer.fill('getMigration', 'id', String(created.body.id));
        expect((await explorer.execute('getMigration')).status).toBe(200);
        await explorer.fill('getMigration', 'id', 'mig_00000000000000000000000000');
        const missing = await explorer.execute('getMigration');
        expect(missing.status).toBe(404);
        await page.goto(`${publicUrl}/`);
        await page.waitForURL(`${publicUrl}/board/`);
        await page.locator('#connection', { hasText: 'Live' }).waitFor();
        await page.locator(`#row-${created.body.id} a`).click();
        await page.getByRole('heading', { level: 1 }).waitFor();
        expect(outside).toEqual([]);
        expectNoFaults(watched);

        const inside = (link: string) => {
          const target = new URL(link, `${publicUrl}/`);
          expect(target.href.startsWith(`${publicUrl}/`), link).toBe(true);
          return fetch(target);
        };
        expect((await inside(String(missing.body.type))).status).toBe(200);
        const page2 = await fetch(`${publicUrl}/migrations?pageSize=1`);
        expect(page2.status).toBe(200);
        const again = await fetch(`${publicUrl}/migrations`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(creations.huawei?.value),
        });
        expect((await inside(again.headers.get('location') ?? '/outside')).status).toBe(200);
        const listed = await fetch(`${publicUrl}/migrations?pageSize=1`);
        const next = /^<([^>]+)>/.exec(listed.headers.get('link') ?? '')?.[1] ?? '/outside';
        expect((await inside(next)).status).toBe(200);
        const root = (await (await fetch(`${publicUrl}/`)).json()) as { links: Record<string, string> };
        for (const link of [root.links.docs, root.links.migrations, root.links.live])
          expect((await inside(link ?? '/outside')).status).toBe(200);
        const document = (await (await fetch(`${publicUrl}/openapi.json`)).json()) as { servers: { url: string }[] };
        expect((await inside(`${document.servers[0]?.url}/livez`)).status).toBe(200);
        await page.context().close();
      },
      120_000,
    );
  },
);
