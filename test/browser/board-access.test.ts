import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { nextMigrationId, sampleBackup, sampleCall, sampleMigration } from '../support/samples.ts';
import { browserMissing, expectNoFaults, named, useBrowser } from './support/browser.ts';
import { lowestContrast } from './support/contrast.ts';
import { useNightBoard } from './support/night-board.ts';
import { blockedChain } from './support/scene.ts';

/**
 * The board for users of a keyboard, a screen reader, a small or a large window, and for lists of thousands of
 * migrations.
 */

const newPage = useBrowser();
const focusedId = (page: Page) => page.evaluate<string>('document.activeElement?.id ?? ""');
const focusedText = (page: Page) => page.evaluate<string>('document.activeElement?.textContent.trim() ?? ""');

describe.skipIf(browserMissing !== null)(named('The board', browserMissing), { timeout: 120_000 }, () => {
  const board = useNightBoard();

  it('works by keyboard alone and keeps the focus through updates', async () => {
    const watched = await newPage();
    const { page } = watched;
    await page.goto(board.url);
    await page.getByRole('link', { name: 'orders-2026' }).waitFor();
    await page.keyboard.press('Tab');
    expect(await focusedText(page)).toBe('Skip to the content');
    await page.keyboard.press('Enter');
    await page.locator('#state-failed').focus();
    await page.keyboard.press('Space');
    await page.getByText('1 migration', { exact: true }).waitFor();
    expect(await focusedId(page)).toBe('state-failed');
    await page.keyboard.press('Space');
    await page.getByText('7 migrations', { exact: true }).waitFor();

    const link = page.getByRole('link', { name: 'orders-2026' });
    await link.focus();
    const queued = blockedChain.backups.map((each) =>
      each.state === 'failed' ? { ...each, state: 'queued' as const } : each,
    );
    await board.change(blockedChain.id, { backups: queued });
    await page.getByText('4 of 5 restored, 1 waiting').waitFor();
    expect(await focusedText(page)).toBe('orders-2026');
    await page.keyboard.press('Enter');
    const heading = page.getByRole('heading', { level: 1, name: /orders-2026/ });
    await heading.waitFor();
    expect(await focusedText(page)).toMatch(/^orders-2026/);
    await board.change(blockedChain.id, { backups: blockedChain.backups });

    for (let left = 20; (await focusedId(page)) !== 'action-cancel'; left -= 1) {
      expect(left).toBeGreaterThan(0);
      await page.keyboard.press('Tab');
    }
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
    await page.keyboard.press('Enter');
    await page.locator('dialog').waitFor();
    for (let presses = 0; presses < 12; presses += 1) {
      await page.keyboard.press('Tab');
      // Focus never leaves the dialog for the page; between its last and first element it passes through the browser.
      expect(
        await page.evaluate(
          'document.activeElement === document.body || document.activeElement.closest("dialog") !== null',
        ),
      ).toBe(true);
    }
    await page.keyboard.press('Escape');
    await page.locator('dialog').waitFor({ state: 'detached' });
    expect(await focusedId(page)).toBe('action-cancel');

    await board.change(blockedChain.id, { blocking: [], stateReason: null });
    await page.locator('.standing .note').waitFor({ state: 'detached' });
    expect(await focusedId(page)).toBe('action-cancel');
    await board.change(blockedChain.id, { blocking: blockedChain.blocking, stateReason: blockedChain.stateReason });
    await page.locator('#said', { hasText: 'orders-2026 is blocked: backup failed.' }).waitFor({ state: 'attached' });
    expect(await focusedId(page)).toBe('action-cancel');
    expectNoFaults(watched);
    await page.context().close();
  });

  it('has names and roles for a screen reader', async () => {
    const watched = await newPage();
    const { page } = watched;
    await page.goto(board.url);
    await page.getByRole('link', { name: 'orders-2026' }).waitFor();
    const list = await page.locator('body').ariaSnapshot();
    for (const part of [
      'banner',
      'heading "Migrations" [level=1]',
      'search "Migrations"',
      'group "State"',
      'checkbox "Awaiting backup"',
      'combobox "Provider"',
      'columnheader "What blocks it"',
      'row /orders-2026 .* Awaiting backup/',
      'progressbar "orders-2026: 4 of 5 restored, 80 %"',
    ])
      expect(list).toMatch(part.includes('/') ? /row "orders-2026 .*Awaiting backup/ : part);

    await page.goto(`${board.url}?id=${blockedChain.id}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    const one = await page.locator('main').ariaSnapshot();
    for (const part of [
      'heading "orders-2026 Awaiting backup" [level=1]',
      'region "State"',
      'region "Backups"',
      'region "Events"',
      'group "Actions"',
      'button "Cut over" [disabled]',
      'button "Add a backup"',
    ])
      expect(one).toContain(part);

    await page.goto(`${board.url}?new`);
    await page.getByRole('heading', { name: 'New migration' }).waitFor();
    const unnamed = await page.evaluate<string[]>(
      `[...document.querySelectorAll('input, select, textarea, button')].filter((one) => one.labels?.length === 0 && one.textContent.trim() === '').map((one) => one.outerHTML)`,
    );
    expect(unnamed).toEqual([]);
    expectNoFaults(watched);
    await page.context().close();
  });

  it.each([
    { width: 360, scheme: 'light' },
    { width: 2560, scheme: 'dark' },
  ] as const)('is legible at $width pixels in the $scheme color scheme', async ({ width, scheme }) => {
    const watched = await newPage({
      viewport: { width, height: 900 },
      colorScheme: scheme,
      reducedMotion: 'reduce',
    });
    const { page } = watched;
    for (const path of [`?id=${blockedChain.id}`, '?new', '']) {
      await page.goto(`${board.url}${path}`);
      await page.locator('main h1').waitFor();
      expect(await page.evaluate<number>('document.documentElement.scrollWidth'), path).toBeLessThanOrEqual(width);
      // WCAG 2, level AA.
      expect(await lowestContrast(page), path).toEqual([]);
      const longestLine = await page.evaluate<number>(
        `Math.max(0, ...[...document.querySelectorAll('p, li')].map((one) => one.getBoundingClientRect().width / parseFloat(getComputedStyle(one).fontSize)))`,
      );
      expect(longestLine, path).toBeLessThan(70);
    }
    await page.locator('progress').first().waitFor();
    expect(await page.evaluate('document.getAnimations().length')).toBe(0);
    const paper = await page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    const [red = 0] = paper.match(/\d+/g)?.map(Number) ?? [];
    expect(red > 128).toBe(scheme === 'light');
    expectNoFaults(watched);
    await page.context().close();
  });

  it('shows untrusted text as plain text and keeps very long text inside the window', async () => {
    const id = nextMigrationId();
    const long = `prod/${'folder-with-a-long-name'.repeat(20)}/orders.bak`;
    const script = '<img src="x" onerror="globalThis.hacked = true"><script>globalThis.hacked = true</script>';
    await board.seed([
      sampleMigration({
        id,
        account: 'sandbox-alibaba',
        name: 'hostile',
        description: script,
        labels: { note: 'x'.repeat(250) },
        state: 'failed',
        dueAt: null,
        backups: [sampleBackup({ state: 'failed', source: { type: 'object_storage', bucket: 'b', keys: [long] } })],
        error: {
          code: 'restore_failed',
          detail: script,
          retryable: false,
          provider: {
            name: 'alibaba',
            operation: 'DescribeMigrateTasks',
            code: '<b>Failed</b>',
            message: `${script} ${'0x'.repeat(400)}`,
            requestId: null,
            httpStatus: 200,
          },
        },
      }),
    ]);
    const watched = await newPage({ viewport: { width: 360, height: 700 } });
    const { page } = watched;
    for (const path of ['?name=hostile', `?id=${id}`]) {
      await page.goto(`${board.url}${path}`);
      await page.getByText('globalThis.hacked').first().waitFor();
      expect(await page.evaluate<number>('document.documentElement.scrollWidth'), path).toBeLessThanOrEqual(360);
      expect(await page.evaluate('document.querySelector("main img, main script")')).toBeNull();
    }
    expect(await page.evaluate('globalThis.hacked')).toBeUndefined();
    await page.getByRole('button', { name: 'Delete the record' }).click();
    await page.getByText('The same from a terminal').click();
    expect(await page.evaluate<number>('document.querySelector("dialog").scrollWidth')).toBeLessThanOrEqual(360);
    expectNoFaults(watched);
    await page.context().close();
  });

  it('asks the user what happened to a call of unknown outcome', async () => {
    const id = nextMigrationId();
    await board.seed([
      sampleMigration({
        id,
        account: 'sandbox-alibaba',
        name: 'in-doubt',
        state: 'pending',
        stateReason: 'outcome_unknown',
        blocking: [{ code: 'outcome_unknown', detail: 'Nobody knows.', since: Date.now() }],
        backups: [sampleBackup({ state: 'submitting' })],
        calls: [sampleCall({ state: 'unknown' })],
        dueAt: null,
      }),
    ]);
    const watched = await newPage();
    const { page } = watched;
    await page.goto(`${board.url}?id=${id}`);
    await page.getByRole('button', { name: 'Try again' }).click();
    const dialog = page.locator('dialog');
    await dialog.getByText('The same from a terminal').click();
    const sent = async () => /-d '(.*)'/.exec((await dialog.locator('pre').textContent()) ?? '')?.[1];
    expect(await sent()).toBe('{}');
    await dialog.getByLabel('The vendor has nothing of it').check();
    expect(await sent()).toBe('{"assume":"absent"}');
    await dialog.getByLabel('The vendor has it, with these ids').check();
    await dialog.locator('#adopt').fill('migrateTaskId=1');
    expect(await sent()).toBe('{"adopt":{"migrateTaskId":"1"}}');
    await dialog.getByRole('button', { name: 'Try again' }).click();
    // The vendor does not know the task. The page shows the vendor's words at the field that they concern.
    await dialog.locator('.note[data-kind="fault"], .at-fault').first().waitFor();
    expectNoFaults(watched);
    await page.context().close();
  });

  it('shows which operations are slowed down because a vendor throttles, in the list and at a migration', async () => {
    const watched = await newPage();
    const { page } = watched;
    const slowed = Array.from({ length: 6 }, (_, index) => ({
      account: 'sandbox-alibaba',
      region: 'cn-hangzhou',
      operation: `Operation${index}`,
      speed: 0.5 ** (index + 1),
      pausedUntil: index === 5 ? '2026-11-28T03:15:00Z' : null,
    }));
    let throttles = true;
    await page.route('**/providers/alibaba', async (route) => {
      const response = await route.fetch();
      const json = (await response.json()) as object;
      await route.fulfill({ response, json: { ...json, slowedOperations: throttles ? slowed : [] } });
    });
    await page.clock.install();
    await page.goto(board.url);
    const note = page.locator('.note[data-kind="warn"]', { hasText: 'throttles calls, so Godwit makes fewer' });
    await note.waitFor();
    const words = ((await note.textContent()) ?? '').replaceAll(/\s+/g, ' ');
    expect(words).toMatch(
      /\(sandbox-alibaba, cn-hangzhou\).*Operation5 at 2 % of its limit, none before .*and 2 more\./,
    );
    expect(await note.count()).toBe(1);
    throttles = false;
    await page.clock.fastForward(60_000);
    await note.waitFor({ state: 'detached' });
    throttles = true;
    await page.getByRole('link', { name: 'stock' }).click();
    await note.waitFor();
    expectNoFaults(watched);
    await page.context().close();
  });

  it('shows 5,000 migrations without long tasks and keeps memory and requests small, even under many events', async () => {
    const many = Array.from({ length: 5000 }, (_, number) =>
      sampleMigration({
        account: 'sandbox-alibaba',
        name: `fleet-${number}`,
        labels: { fleet: 'big' },
        target: { instanceId: `rm-uf6wjk5f${number}`, overwrite: false },
        state: 'restoring',
        dueAt: null,
        backups: [sampleBackup({ id: `bkp_01kbzq3m8e${String(number).padStart(16, '0')}`, state: 'restoring' })],
      }),
    );
    await board.seed(many);
    const watched = await newPage();
    const { page } = watched;
    const asked: string[] = [];
    page.on('request', (request) => {
      if (/\/migrations(\?|\/mig)/.test(request.url())) asked.push(request.url());
    });
    await page.goto(`${board.url}?label.fleet=big`);
    await page.getByText('50 migrations, the newest').waitFor();
    await page.locator('#connection', { hasText: 'Live' }).waitFor();
    const nodes = () => page.evaluate<number>('document.querySelectorAll("*").length');
    const before = await nodes();
    expect(before).toBeLessThan(3000);
    await page.evaluate(
      `globalThis.longest = 0; new PerformanceObserver((list) => { for (const each of list.getEntries()) globalThis.longest = Math.max(globalThis.longest, each.duration); }).observe({ type: 'longtask', buffered: false }); globalThis.rows = [...document.querySelectorAll('tbody tr')]`,
    );
    asked.length = 0;
    const began = performance.now();
    const states = ['cutting_over', 'restoring', 'awaiting_backup', 'restoring'] as const;
    for (const state of states) await Promise.all(many.slice(-400).map(({ id }) => board.change(id, { state })));
    const last = many.at(-1);
    if (last === undefined) throw new Error('there are 5,000');
    await board.change(last.id, { state: 'awaiting_backup' });
    await page.locator(`#row-${last.id} [data-state="awaiting_backup"]`).waitFor();
    // 1,600 state changes reach the page through one read per second, of one page each.
    expect(asked.length).toBeLessThan(5 + (performance.now() - began) / 900);
    expect(asked.every((url) => url.includes('pageSize=50'))).toBe(true);
    expect(await nodes()).toBeLessThan(before + 200);
    expect(await page.evaluate('globalThis.rows.every((row) => row.isConnected)')).toBe(true);
    expect(await page.evaluate<number>('globalThis.longest')).toBeLessThan(1000);

    await page.getByRole('link', { name: 'Older' }).click();
    await page.getByText('50 migrations on this page').waitFor();
    expect(await page.locator(`#row-${last.id}`).count()).toBe(0);
    await page.goBack();
    await page.locator(`#row-${last.id}`).waitFor();
    expectNoFaults(watched);
    await page.context().close();
  });
});
