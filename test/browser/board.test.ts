import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Gateway } from '../../src/gateway.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { sandboxAccounts } from '../../src/sandbox/accounts.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { freePort, post, startTestGateway, temporaryFolder } from '../support/gateway.ts';
import { browserMissing, expectNoFaults, named, useBrowser } from './support/browser.ts';

const newPage = useBrowser();
let clouds: Sandbox;
beforeAll(async () => {
  clouds = await startSandbox({ host: '127.0.0.1', runtime: systemRuntime, restoreMs: 300 });
});
afterAll(() => clouds?.close());

const instanceId = 'rm-uf6wjk5board';

async function fillCreation(page: Page, database: string, key: string, mode = 'full'): Promise<void> {
  await page.getByRole('link', { name: 'New migration' }).click();
  await page.locator('#account').selectOption('sandbox-alibaba');
  await page.locator('#mode').selectOption(mode);
  await page.locator('#name').fill(`${database}-2026`);
  await page.locator('#instanceId').fill(instanceId);
  await page.locator('#database').fill(database);
  await page.locator('#bucket').fill('acme-backups');
  await page.locator('#keys').fill(key);
}

const shownState = (page: Page, state: string) => page.locator(`h1 .state[data-state="${state}"]`).waitFor();

describe.skipIf(browserMissing !== null)(named('The board', browserMissing), () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startTestGateway(sandboxAccounts(clouds), { sandbox: true });
  });
  afterAll(() => gateway?.stop(0));

  it('takes a chain from the form to the cutover, live, and a second tab sees it', async () => {
    const watched = await newPage();
    const { page } = watched;
    await page.goto(`${gateway.url}/`, { waitUntil: 'domcontentloaded' });
    await page.waitForURL('**/board/');
    expect(await page.locator('#environment').textContent()).toBe('SANDBOX');
    const other = await page.context().newPage();
    await other.goto(`${gateway.url}/board/`);
    await other.getByText('0 migrations').waitFor();
    await other.locator('#connection', { hasText: 'live' }).waitFor();

    await fillCreation(page, 'sales', 'prod/sales_full.bak', 'full_log');
    await page.getByText('CreateMigrateTask').first().waitFor();
    await page.getByRole('button', { name: 'Start the migration' }).click();
    await shownState(page, 'awaiting_backup');
    await other.getByRole('link', { name: 'sales-2026' }).waitFor();

    await page.getByRole('button', { name: 'Add a backup' }).click();
    await page.locator('#backup-keys').fill('prod/sales_log_1.trn');
    await page.locator('dialog').getByRole('button', { name: 'Add a backup' }).click();

    await page.getByText('2 of 2 restored').waitFor();

    await page.getByRole('button', { name: 'Cut over' }).click();
    const dialog = page.locator('dialog');
    const send = dialog.getByRole('button', { name: 'Cut over' });
    await dialog.locator('#instance').fill('another');
    expect(await send.isDisabled()).toBe(true);
    await dialog.locator('#instance').fill(instanceId);
    await dialog.getByText('The same from a terminal').click();
    expect(await dialog.locator('pre').textContent()).toMatch(/^curl -X POST '.*\/cutover' .*-H 'if-match: "mig_/s);
    await send.click();
    await shownState(page, 'succeeded');
    await other.locator('tr .state[data-state="succeeded"]').waitFor();
    expectNoFaults(watched);
    await page.context().close();
  }, 60_000);

  it('tells why one failed, in our words and the vendor’s, and is filtered by the URL', async () => {
    const watched = await newPage();
    const { page } = watched;
    await page.goto(`${gateway.url}/board/`);
    await fillCreation(page, 'billing', 'prod/billing_corrupt.bak');
    await page.getByRole('button', { name: 'Start the migration' }).click();
    await shownState(page, 'failed');
    const words = await page.locator('.standing .note').first().textContent();
    expect(words).toMatch(/Backup corrupt or newer/);
    expect(words).toMatch(/Alibaba answered to DescribeMigrateTask/);

    await page.goto(`${gateway.url}/board/?state=failed`);
    await page.getByText('1 migration', { exact: true }).waitFor();
    expect(await page.locator('tbody tr').count()).toBe(1);
    await page.getByLabel('Failed').uncheck();
    await page.getByText('2 migrations', { exact: true }).waitFor();
    expect(new URL(page.url()).search).not.toContain('state');
    expectNoFaults(watched);
    await page.context().close();
  }, 60_000);
});

describe.skipIf(browserMissing !== null)(named('The board of a gateway', browserMissing), () => {
  it('that takes keys asks for one, and heals when the gateway was away meanwhile', async () => {
    const secret = 'key-of-the-dba';
    const sha256 = createHash('sha256').update(secret).digest('hex');
    const port = await freePort();
    const storeUrl = `sqlite:${join(await temporaryFolder(), 'godwit.db')}`;
    const config = {
      listen: { port },
      auth: { keys: [{ name: 'dba', sha256, scopes: ['admin'], accounts: ['*'] }] },
    };
    const start = () => startTestGateway(sandboxAccounts(clouds), { storeUrl, config });
    let gateway = await start();
    try {
      const watched = await newPage();
      const { page } = watched;
      await page.goto(`${gateway.url}/board/`);
      await page.getByRole('textbox', { name: 'Key' }).fill(secret);
      await page.getByRole('button', { name: 'Use it' }).click();
      await page.getByText('0 migrations').waitFor();
      expect(await page.locator('#environment').textContent()).toBe('LIVE');
      await page.locator('#connection', { hasText: 'live' }).waitFor();

      await gateway.stop(0);
      await page.locator('#connection', { hasText: 'does not answer' }).waitFor();
      gateway = await start();
      const request = {
        provider: 'alibaba',
        account: 'sandbox-alibaba',
        name: 'while-away',
        target: { instanceId, databases: [{ name: 'meanwhile' }] },
        source: { type: 'object_storage', bucket: 'acme-backups', keys: ['prod/meanwhile.bak'] },
      };
      expect((await post(`${gateway.url}/migrations`, request, { 'x-api-key': secret })).status).toBe(201);
      await page.getByRole('link', { name: 'while-away' }).waitFor();
      await page.locator('#connection', { hasText: 'live' }).waitFor();
      await page.context().close();
    } finally {
      await gateway.stop(0);
    }
  }, 60_000);
});
