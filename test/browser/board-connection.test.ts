import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Route } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { sandboxAccounts } from '../../src/sandbox/accounts.ts';
import { freePort, post, startTestGateway, temporaryFolder } from '../support/gateway.ts';
import { browserMissing, expectNoFaults, named, useBrowser } from './support/browser.ts';
import { useNightBoard } from './support/night-board.ts';
import { blockedChain } from './support/scene.ts';

/** The board while its connection, its gateway or a vendor fails. */

const newPage = useBrowser();

describe.skipIf(browserMissing !== null)(named('The board', browserMissing), { timeout: 120_000 }, () => {
  const board = useNightBoard();

  it('shows that a vendor does not answer and that an API key is no longer accepted', async () => {
    const watched = await newPage();
    const { page } = watched;
    await page.route('**/providers/alibaba', async (route) => {
      const response = await route.fetch();
      const provider = (await response.json()) as { circuits: object[] };
      const circuits = provider.circuits.map((each) => ({ ...each, state: 'open', retryAt: '2026-11-28T03:15:00Z' }));
      await route.fulfill({ response, json: { ...provider, circuits } });
    });
    await page.goto(board.url);
    await page.getByText('has not answered several calls in a row, so none is made until').waitFor();
    await page.route('**/migrations/events', (route) =>
      route.fulfill({ status: 401, json: { code: 'unauthenticated' } }),
    );
    await page.reload();
    await page.locator('#connection', { hasText: 'Not live: the key is not accepted' }).waitFor();
    expectNoFaults(watched);
    await page.context().close();
  });

  it('closes its connection while the tab is hidden and is up to date when the tab is shown again', async () => {
    const watched = await newPage();
    const { page } = watched;
    await page.clock.install();
    await page.goto(board.url);
    await page.locator('#connection', { hasText: 'Live' }).waitFor();
    const see = (hidden: boolean) =>
      page.evaluate(
        `Object.defineProperty(document, 'hidden', { value: ${hidden}, configurable: true }); document.dispatchEvent(new Event('visibilitychange'))`,
      );
    const ended = page.waitForEvent('requestfailed', (request) => request.url().endsWith('/migrations/events'));
    await see(true);
    const shown = (state: string) => page.locator(`#row-${blockedChain.id} [data-state="${state}"]`).waitFor();
    // A silent stream is closed anyway, so this one has just sent a message.
    await page.clock.fastForward(30_000);
    await board.change(blockedChain.id, { state: 'restoring' });
    await shown('restoring');
    await page.clock.fastForward(31_000);
    await ended;
    await board.change(blockedChain.id, { state: 'awaiting_backup' });
    const again = page.waitForRequest((request) => request.url().endsWith('/migrations/events'));
    await see(false);
    await page.clock.runFor(2000);
    expect((await again).headers()['last-event-id'] ?? '').toMatch(/^(evt_.*)?$/);
    await page.clock.runFor(2000);
    await shown('awaiting_backup');
    expectNoFaults(watched);
    await page.context().close();
  });

  it('is up to date soon after the computer slept during a read', async () => {
    const { page } = await newPage();
    await page.clock.install();
    await page.goto(board.url);
    await page.locator('#connection', { hasText: 'Live' }).waitFor();
    const answered = page.waitForResponse('**/migrations?*');
    const sleeps = async (route: Route) => {
      await page.clock.fastForward(300_000);
      await route.continue();
    };
    await page.route('**/migrations?*', sleeps, { times: 1 });
    await answered;
    const other = blockedChain.state === 'restoring' ? 'awaiting_backup' : 'restoring';
    await board.change(blockedChain.id, { state: other });
    await page.locator(`#row-${blockedChain.id} [data-state="${other}"]`).waitFor();
    await board.change(blockedChain.id, { state: blockedChain.state });
    await page.locator(`#row-${blockedChain.id} [data-state="${blockedChain.state}"]`).waitFor();
    await page.context().close();
  });

  it('reloads itself when a module is missing', async () => {
    const { page } = await newPage();
    await page.route('**/static/migration.js', (route) => route.abort('connectionreset'), { times: 1 });
    await page.goto(board.url);
    await page.getByText('The page did not load completely.').waitFor();
    await page.getByRole('link', { name: 'orders-2026' }).waitFor();
    await page.context().close();
  });

  it('asks for an API key when authentication is on and recovers after a gateway outage', async () => {
    const secret = 'key-of-the-dba';
    const sha256 = createHash('sha256').update(secret).digest('hex');
    const port = await freePort();
    const storeUrl = `sqlite:${join(await temporaryFolder(), 'godwit.db')}`;
    const config = {
      listen: { port },
      auth: { keys: [{ name: 'dba', sha256, scopes: ['admin'], accounts: ['*'] }] },
    };
    const start = () => startTestGateway(sandboxAccounts(board.clouds), { storeUrl, config });
    let gateway = await start();
    try {
      const watched = await newPage();
      const { page } = watched;
      await page.goto(`${gateway.url}/board/`);
      await page.getByRole('textbox', { name: 'Key' }).fill(secret);
      await page.getByRole('button', { name: 'Use it' }).click();
      await page.getByText('0 migrations').waitFor();
      await page.locator('#environment', { hasText: 'LIVE' }).waitFor();
      await page.locator('#connection', { hasText: 'live' }).waitFor();

      await gateway.stop(0);
      await page.locator('#connection', { hasText: 'does not answer' }).waitFor();
      gateway = await start();
      const request = {
        provider: 'alibaba',
        account: 'sandbox-alibaba',
        name: 'while-away',
        target: { instanceId: 'rm-uf6wjk5board', databases: [{ name: 'meanwhile' }] },
        source: { type: 'object_storage', bucket: 'acme-backups', keys: ['prod/meanwhile.bak'] },
      };
      expect((await post(`${gateway.url}/migrations`, request, { 'x-api-key': secret })).status).toBe(201);
      await page.getByRole('link', { name: 'while-away' }).waitFor();
      await page.locator('#connection', { hasText: 'live' }).waitFor();
      await page.context().close();
    } finally {
      await gateway.stop(0);
    }
  });
});
