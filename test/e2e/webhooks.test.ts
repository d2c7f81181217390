import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook as Receiver } from 'standardwebhooks';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemRuntime } from '../../src/runtime.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { eventually } from '../support/eventually.ts';
import {
  configFile,
  type GatewayProcess,
  hasEnded,
  post,
  spawnGateway,
  temporaryFolder,
  untilMigration,
} from '../support/gateway.ts';
import { requestFor } from '../support/simulation.ts';

interface Message {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let folder: string;
let sandbox: Sandbox;
let gateway: GatewayProcess;
let receiver: Server;
/** The answer of the receiver; null for none. */
let answer: number | null = 204;
const messages: Message[] = [];

beforeAll(async () => {
  folder = await temporaryFolder();
  sandbox = await startSandbox({ host: '127.0.0.1', runtime: systemRuntime, restoreMs: 300 });
  gateway = await spawnGateway(folder, configFile(sandbox, folder));
  receiver = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    messages.push({ headers: request.headers, body });
    if (answer !== null) response.writeHead(answer).end();
  });
  await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done));
});
afterAll(async () => {
  await gateway.end('SIGKILL');
  await sandbox.close();
  receiver.closeAllConnections();
  receiver.close();
});

interface Page<T> {
  readonly items: readonly T[];
}
const get = async <T>(path: string): Promise<T> => (await (await fetch(`${gateway.url}${path}`)).json()) as T;

it('a receiver gets every event of a restore, also when another process takes over from a killed one', async () => {
  const { port } = receiver.address() as AddressInfo;
  const made = await post(`${gateway.url}/webhooks`, { url: `http://127.0.0.1:${port}/hook?token=t` });
  expect(made.status).toBe(201);
  const { id: webhookId, secret } = made.body as unknown as { readonly id: string; readonly secret: string };
  expect(made.body.url).toBe(`http://127.0.0.1:${port}`);

  // The receiver reads messages and never answers, so the first process dies with attempts under way.
  answer = null;
  const { body: migration } = await post(`${gateway.url}/migrations`, requestFor('tencent'));
  await eventually(() => expect(messages.length).toBeGreaterThan(0));
  await gateway.end('SIGKILL');
  answer = 204;
  gateway = await spawnGateway(folder, configFile(sandbox, folder));
  await untilMigration(gateway.url, migration.id, hasEnded);

  const events = await get<Page<{ readonly id: string }>>(`/migrations/${migration.id}/events?pageSize=200`);
  const expected = events.items.map(({ id }) => id).toSorted();
  const delivered = async () =>
    (
      await get<Page<{ readonly eventId: string }>>(`/webhooks/${webhookId}/deliveries?state=delivered&pageSize=200`)
    ).items
      .map(({ eventId }) => eventId)
      .toSorted();
  await eventually(async () => expect(await delivered()).toEqual(expected));
  const check = new Receiver(secret);
  for (const { headers, body } of messages)
    expect(check.verify(body, headers as Record<string, string>)).toMatchObject({
      specversion: '1.0',
      id: headers['webhook-id'],
    });
  const last = JSON.parse(messages.at(-1)?.body ?? '{}');
  expect(last.type).toMatch(/^godwit\./);
  expect(gateway.output()).not.toContain('token=t');
}, 40_000);
