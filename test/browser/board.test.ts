import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Gateway } from '../../src/gateway.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { sandboxAccounts } from '../../src/sandbox/accounts.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { BackupFolder } from '../support/backup-folder.ts';
import { post, startTestGateway, untilMigration } from '../support/gateway.ts';
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

describe.skipIf(browserMissing !== null)(named('The board', browserMissing), { timeout: 120_000 }, () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startTestGateway(sandboxAccounts(clouds), {
      sandbox: true,
      config: { feed: { scanMs: 400 } },
    });
  });
  afterAll(() => gateway?.stop(0));

  it('takes a chain from the form to the cutover and updates a second tab live', async () => {
    const watched = await newPage();
    const { page } = watched;
    await page.goto(`${gateway.url}/`, { waitUntil: 'domcontentloaded' });
    await page.waitForURL('**/board/');
    await page.locator('#environment', { hasText: 'SANDBOX' }).waitFor();
    const other = await page.context().newPage();
    await other.goto(`${gateway.url}/board/`);
    await other.getByText('0 migrations').waitFor();
    await other.locator('#connection', { hasText: 'live' }).waitFor();
    // The browser draws a background tab once per second.
    await page.bringToFront();

    await fillCreation(page, 'sales', 'prod/sales_full.bak', 'full_log');
    await page.getByText('CreateMigrateTask').first().waitFor();
    await page.getByRole('button', { name: 'Start the migration' }).click();
    await shownState(page, 'awaiting_backup');
    await other.getByRole('link', { name: 'sales-2026' }).waitFor();

    await page.getByRole('button', { name: 'Add a backup' }).click();
    await page.locator('#backup-keys').fill('prod/sales_log_1.trn');
    await page.locator('dialog').getByRole('button', { name: 'Add a backup' }).click();

    await page.locator('.tiles', { hasText: '2 of 2 restored' }).waitFor();

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
  });

  it('shows why a migration failed in Godwit’s and the vendor’s words, and takes its filters from the URL', async () => {
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
  });

  it('offers only the options of each provider and shows each fault at its field', async () => {
    const watched = await newPage();
    const { page } = watched;
    await page.goto(`${gateway.url}/board/?new`);
    const sources = () =>
      page.evaluate<string[]>(`[...document.querySelectorAll('input[name="kind"]')].map(({ value }) => value)`);
    const offered = {
      alibaba: ['object_storage', 'feed', 'url'],
      tencent: ['object_storage', 'feed', 'url', 'upload'],
      huawei: ['object_storage', 'feed', 'instance_backup'],
    };
    for (const [provider, kinds] of Object.entries(offered)) {
      await page.locator('#account').selectOption(`sandbox-${provider}`);
      await expect.poll(sources).toEqual([...kinds, 'adopt']);
    }
    expect(await page.locator('#mode option').count()).toBe(2);

    await page.locator('#instanceId').fill('x y');
    await page.locator('#bucket').fill('acme-backups');
    await page.locator('#keys').fill('prod/stock.bak');
    await page.locator('#instanceId[aria-invalid="true"]').waitFor();
    await page.locator('#instanceId-fault', { hasText: 'must have 3 to 128 characters' }).waitFor();
    expect(await page.locator('#instanceId').getAttribute('aria-describedby')).toContain('instanceId-fault');
    const start = page.getByRole('button', { name: 'Start the migration' });
    expect(await start.isDisabled()).toBe(true);

    await page.locator('#instanceId').fill('3c12f4bd8a6e4d7fa1b2c3d4e5f60718in04');
    await page.getByText('Description, labels and options').click();
    await page.locator('#options-precheck').selectOption('false');
    await page.locator('#own-fileStream').selectOption('true');
    await page.locator('#overwrite').check();
    await page.getByText('It would be accepted').waitFor();
    await page.locator('#labels').fill('team=stock');
    await page.locator('.plan li').first().waitFor();
    await page.getByText('The same from a terminal').click();
    const curl = page.locator('form').getByLabel('curl command');
    expect(JSON.parse(/-d '(.*)'/.exec((await curl.textContent()) ?? '')?.[1] ?? '')).toEqual({
      provider: 'huawei',
      account: 'sandbox-huawei',
      labels: { team: 'stock' },
      mode: 'full',
      target: { instanceId: '3c12f4bd8a6e4d7fa1b2c3d4e5f60718in04', overwrite: true },
      source: { type: 'object_storage', bucket: 'acme-backups', keys: ['prod/stock.bak'] },
      options: { precheck: false },
      providerOptions: { huawei: { fileStream: true } },
    });
    await page.locator('#preflight').click();
    await page.getByText('the vendor’s side was looked at').waitFor();

    await page.getByLabel('A backup of another instance').check();
    await page.locator('#sourceInstance').fill('4d12f4bd8a6e4d7fa1b2c3d4e5f60718in04');
    await page.locator('#backupId').fill('2f4ab5eb6a0e4ab4a2b7a6b1a1b7cd33br04');
    await page.locator('#engineVersion').fill('2019_EE');
    await expect.poll(() => curl.textContent()).toContain('"type":"instance_backup"');
    await page.locator('.verdict').waitFor();

    await page.locator('#account').selectOption('sandbox-alibaba');
    await page.getByLabel('Signed links').check();
    await page.locator('#database').fill('stock');
    await page.locator('#instanceId').fill('rm-uf6wjk52008r2');
    await page.locator('#urls').fill('https://acme.oss-cn-hangzhou.aliyuncs.com/stock.bak?Signature=secret');
    await page.getByText('It would be accepted').waitFor();
    expectNoFaults(watched);
    await page.context().close();
  });

  it('uploads a file chosen by the user and follows its restore to the end', async () => {
    const watched = await newPage();
    const { page } = watched;
    await page.goto(`${gateway.url}/board/?new`);
    await page.locator('#account').selectOption('sandbox-tencent');
    await page.locator('#instanceId').fill('mssql-scratch7');
    await page.getByLabel('A file that you upload').check();
    await page.locator('#fileName').fill('crm.bak');
    await page.getByRole('button', { name: 'Start the migration' }).click();
    await page.getByRole('heading', { name: 'Awaiting upload' }).waitFor();
    await page.getByRole('button', { name: 'Where to upload' }).click();
    await page.getByRole('button', { name: 'Request temporary keys' }).click();
    await page.getByText(/^https:\/\/.*crm\.bak$/).waitFor();
    await page.getByRole('button', { name: 'It is uploaded' }).click();
    await page.getByRole('button', { name: 'Start the restore' }).click();
    await shownState(page, 'succeeded');
    expectNoFaults(watched);
    await page.context().close();
  });

  it('shows what happened to each file of a watched folder, scans on request and opens the database after the last file', async () => {
    const folder = new BackupFolder(clouds, 'alibaba', 'board/orders/');
    const [full, log, last] = [folder.make('D'), folder.make('L'), folder.make('L')];
    full.put();
    log.put();
    folder.putText('readme.txt', 'hello');
    const watched = await newPage();
    const { page } = watched;
    await page.goto(`${gateway.url}/board/?new`);
    await page.locator('#account').selectOption('sandbox-alibaba');
    await page.locator('#mode').selectOption('full_log');
    await page.locator('#instanceId').fill('rm-uf6wjk5folder');
    await page.locator('#database').fill('orders');
    await page.getByLabel('A folder, watched').check();
    await page.locator('#bucket').fill(folder.bucket);
    await page.locator('#prefix').fill(folder.prefix);
    await page.locator('#lastFile').fill(last.key);
    await page.getByRole('button', { name: 'Inspect the folder' }).click();
    await page.getByText('2 files to restore').waitFor();
    await page.getByRole('button', { name: 'Start the migration' }).click();
    const feed = page.getByRole('region', { name: 'The folder' });
    await feed.getByText('Taken: 2 files').waitFor();
    await feed.getByText('Refused: 1 file').waitFor();
    await page.locator('.tiles', { hasText: '2 of 2 restored' }).waitFor();
    await page
      .getByRole('region', { name: 'Backups' })
      .getByText(log.backup.lastLsn ?? '')
      .first()
      .waitFor();
    last.put();
    await feed.getByRole('button', { name: 'Scan now' }).click();
    await shownState(page, 'succeeded');
    await feed.getByText('Taken: 3 files').waitFor();
    expectNoFaults(watched);
    await page.context().close();
  });

  it('adopts a task that was started outside Godwit', async () => {
    const elsewhere = await startTestGateway(sandboxAccounts(clouds), { sandbox: true });
    const target = { instanceId: 'rm-uf6wjk5adopt', databases: [{ name: 'legacy' }] };
    const source = { type: 'object_storage', bucket: 'acme-backups', keys: ['prod/legacy_full.bak'] };
    await post(`${elsewhere.url}/migrations`, { provider: 'alibaba', mode: 'full_log', target, source });
    await elsewhere.stop(1000);
    const watched = await newPage();
    const { page } = watched;
    await page.goto(`${gateway.url}/board/?new`);
    await page.locator('#instanceId').fill(target.instanceId);
    await page.getByLabel('A task that was started outside Godwit').check();
    await page.getByRole('button', { name: 'List the tasks on the instance' }).click();
    await page.locator('#mode').selectOption('full_log');
    await page.getByRole('button', { name: 'Take this one over' }).click();
    expect(await page.locator('#database').inputValue()).toBe('legacy');
    expect(await page.locator('#adopt').inputValue()).toMatch(/^migrateTaskId=\d+/);
    await page.getByRole('button', { name: 'Start the migration' }).click();
    await shownState(page, 'awaiting_backup');
    await page.getByText('Migration adopted').waitFor();
    expectNoFaults(watched);
    await page.context().close();
  });

  it('removes a failed log from a running chain and shows what changed since the user last looked', async () => {
    const id = await chainAtHuawei('crm');
    await post(`${gateway.url}/migrations/${id}/backups`, logAt('prod/crm_log_gap.bak'));
    const watched = await newPage();
    const { page } = watched;
    await page.goto(`${gateway.url}/board/?id=${id}`);
    await page.getByText('A backup failed. The chain is intact').waitFor();
    await page.getByText('Error 4305').first().waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    const dialog = page.locator('dialog');
    await dialog.locator('#instance').fill(huaweiInstance);

    // Another user changes the migration.
    const other = await page.context().newPage();
    await other.goto(`${gateway.url}/board/?id=${id}`);
    await other.getByRole('button', { name: 'Remove from the chain' }).click();
    await other.getByRole('button', { name: 'Remove it' }).click();
    await other.getByRole('button', { name: 'Remove from the chain' }).waitFor({ state: 'detached' });
    await page.bringToFront();

    await dialog.getByRole('button', { name: 'Cancel the migration' }).click();
    await dialog.getByText('It has changed since you opened this dialog').waitFor();
    expect(await dialog.locator('#instance').inputValue()).toBe('');
    await dialog.getByRole('button', { name: 'Back', exact: true }).click();

    await page.getByRole('button', { name: 'Add a backup' }).click();
    await dialog.locator('#backup-keys').fill('prod/crm_log_2.bak');
    expect((await post(`${gateway.url}/migrations/${id}/cancel`, {})).status).toBe(202);
    await page.locator('h1 .state[data-state="cancelled"]').waitFor();
    await dialog.getByRole('button', { name: 'Add a backup' }).click();
    await dialog.getByText('It is cancelled now; possible are: delete.').waitFor();
    await dialog.getByRole('button', { name: 'Back', exact: true }).click();

    await page.getByRole('button', { name: 'Delete the record' }).click();
    await dialog.getByRole('button', { name: 'Delete the record' }).click();
    await page.waitForURL('**/board/');
    await other.getByText('The record has been deleted.').waitFor();
    expectNoFaults(watched);
    await page.context().close();
  });

  const huaweiInstance = '3c12f4bd8a6e4d7fa1b2c3d4e5f60719in04';
  const logAt = (key: string) => ({
    type: 'log',
    source: { type: 'object_storage', bucket: 'acme-backups', keys: [key] },
  });
  async function chainAtHuawei(database: string): Promise<string> {
    const { body } = await post(`${gateway.url}/migrations`, {
      provider: 'huawei',
      mode: 'full_log',
      target: { instanceId: huaweiInstance, databases: [{ name: database }] },
      source: { type: 'object_storage', bucket: 'acme-backups', keys: [`prod/${database}_full.bak`] },
    });
    await untilMigration(gateway.url, body.id, ({ state }) => state === 'awaiting_backup');
    return body.id;
  }
});
