import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';

const candidates = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
];
const executable = candidates.find((path) => path !== undefined && existsSync(path));

/** The reason why browser tests cannot run, or null. With REQUIRE_BROWSER=1 such a reason is an error. */
export const browserMissing: string | null = reasonWithout(executable, 'Chromium');

/** The reason to skip when a program is missing. Throws when the program is required. */
export function reasonWithout(path: string | undefined, name: string): string | null {
  if (path !== undefined) return null;
  if (process.env.REQUIRE_BROWSER === '1') throw new Error(`REQUIRE_BROWSER is set and ${name} is not installed`);
  return `${name} is not installed`;
}

/** The name of a group of tests, with the reason when it is skipped. */
export function named(name: string, missing: string | null): string {
  return missing === null ? name : `${name} (skipped: ${missing})`;
}

/** A page that fails its test when a script breaks, the policy blocks something or a file is not found. */
export interface WatchedPage {
  readonly page: Page;
  /** Faults of the page so far. */
  readonly faults: readonly string[];
}

/** One browser for the tests of a file. */
export function useBrowser(): (options?: BrowserContextOptions) => Promise<WatchedPage> {
  let browser: Browser | null = null;
  beforeAll(async () => {
    if (browserMissing !== null) return;
    browser = await chromium.launch({
      executablePath: executable ?? '',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    });
  });
  afterAll(() => browser?.close());
  const opened: WatchedPage[] = [];
  // The page as a person sees it at the failure.
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return;
    for (const { page, faults } of opened.filter((each) => !each.page.isClosed())) {
      const shown = await page.evaluate<string>('document.body.innerText');
      process.stderr.write(`${[page.url(), ...faults, shown].join('\n')}\n`);
    }
  });
  return async (options = {}) => {
    if (browser === null) throw new Error('the browser is started in beforeAll');
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
        faults.push(message.text());
    });
    page.on('response', (response) => {
      const { pathname } = new URL(response.url());
      if (response.status() >= 400 && pathname.includes('/static/')) faults.push(`${response.status()} ${pathname}`);
    });
    opened.push({ page, faults });
    return { page, faults };
  };
}

export function expectNoFaults({ faults }: WatchedPage): void {
  expect(faults).toEqual([]);
}
