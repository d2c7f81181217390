import type { Page } from 'playwright-core';

/** Drives the explorer as a person does. */
export interface Explorer {
  /** Opens an operation by its id. */
  open(operationId: string): Promise<void>;
  /** Fills in a parameter of the open operation. */
  fill(operationId: string, parameter: string, value: string): Promise<void>;
  /** Selects a body example by name, or types the body. */
  choose(operationId: string, example: string): Promise<void>;
  write(operationId: string, body: unknown): Promise<void>;
  /** Executes the operation and returns the status and body of the answer. */
  execute(operationId: string): Promise<{ readonly status: number; readonly body: Record<string, unknown> }>;
}

/** Loads the explorer and waits for its operations. */
export async function openExplorer(page: Page, url: string): Promise<Explorer> {
  await page.goto(url);
  await page.waitForSelector('.opblock');
  const block = (operationId: string) => page.locator(`.opblock[id$="-${operationId}"]`);

  async function open(operationId: string): Promise<void> {
    if ((await block(operationId).locator('.execute').count()) > 0) return;
    await block(operationId).locator('.opblock-summary-control').click();
    await block(operationId).locator('.execute').waitFor();
  }

  return {
    open,
    async fill(operationId, parameter, value) {
      await open(operationId);
      await block(operationId).locator(`tr[data-param-name="${parameter}"] input`).fill(value);
    },
    async choose(operationId, example) {
      await open(operationId);
      await block(operationId).locator('.opblock-section-request-body .examples-select select').selectOption(example);
    },
    async write(operationId, body) {
      await open(operationId);
      await block(operationId)
        .locator('textarea.body-param__text')
        .fill(JSON.stringify(body, null, 2));
    },
    async execute(operationId) {
      await open(operationId);
      const clear = block(operationId).locator('.btn-clear');
      if ((await clear.count()) > 0) await clear.click();
      await block(operationId).locator('.execute').click();
      const answer = block(operationId).locator('.live-responses-table .response').first();
      await answer.waitFor();
      const status = Number.parseInt((await answer.locator('.response-col_status').textContent()) ?? '', 10);
      const text = ((await answer.locator('.highlight-code code, .microlight').first().textContent()) ?? '').trim();
      return { status, body: JSON.parse(text) as Record<string, unknown> };
    },
  };
}
