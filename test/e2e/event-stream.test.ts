import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Gateway } from '../../src/gateway.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { sandboxAccounts } from '../../src/sandbox/accounts.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { post, startTestGateway } from '../support/gateway.ts';
import { requestFor } from '../support/simulation.ts';

let sandbox: Sandbox;
let gateway: Gateway;
beforeAll(async () => {
  sandbox = await startSandbox({ host: '127.0.0.1', runtime: systemRuntime, restoreMs: 300 });
  gateway = await startTestGateway(sandboxAccounts(sandbox));
});
afterAll(async () => {
  await gateway.stop(1000);
  await sandbox.close();
});

interface Message {
  readonly id: string;
  readonly type: string;
  readonly data: { readonly migrationId: string; readonly data: Readonly<Record<string, unknown>> };
}

/** The messages of a stream up to the first match. */
async function messagesUntil(response: Response, fits: (message: Message) => boolean): Promise<readonly Message[]> {
  const messages: Message[] = [];
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += new TextDecoder().decode(chunk);
    const whole = text.split('\n\n');
    text = whole.pop() ?? '';
    for (const each of whole) {
      const [, id = '', type = '', data = '{}'] = /^id: (.+)\nevent: (.+)\ndata: (.+)$/.exec(each) ?? [];
      if (id === '') continue;
      const message = { id, type, data: JSON.parse(data) };
      messages.push(message);
      if (fits(message)) return messages;
    }
  }
  throw new Error(`the stream has ended after ${JSON.stringify(messages)}`);
}

const stream = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${gateway.url}${path}`, { headers: { accept: 'text/event-stream', ...headers } });
const succeeded = ({ type, data }: Message) => type === 'migration.state_changed' && data.data.to === 'succeeded';

it('a client follows a restore live to its end and resumes from any event', async () => {
  const ofAll = await stream('/migrations/events');
  const { body } = await post(`${gateway.url}/migrations`, requestFor('tencent'));
  const seen = await messagesUntil(ofAll, succeeded);
  expect(seen[0]?.type).toBe('migration.created');
  expect(new Set(seen.map(({ data }) => data.migrationId))).toEqual(new Set([body.id]));

  const page = await fetch(`${gateway.url}/migrations/${body.id}/events?pageSize=200`);
  const { items } = (await page.json()) as { items: { id: string }[] };
  expect(seen.map(({ data }) => data)).toEqual(items);

  const again = await messagesUntil(await stream(`/migrations/${body.id}/events`), succeeded);
  expect(again).toEqual(seen);
  const third = seen[2]?.id ?? '';
  const rest = await messagesUntil(await stream('/migrations/events', { 'last-event-id': third }), succeeded);
  expect(rest).toEqual(seen.slice(3));
}, 20_000);
