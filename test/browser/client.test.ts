import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { stripTypeScriptTypes } from 'node:module';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Gateway } from '../../src/gateway.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { sandboxAccounts } from '../../src/sandbox/accounts.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { startTestGateway } from '../support/gateway.ts';
import { browserMissing, named, useBrowser } from './support/browser.ts';

const root = new URL('../../', import.meta.url);
const secret = 'key-of-the-page';
const keys = [
  { name: 'page', sha256: createHash('sha256').update(secret).digest('hex'), scopes: ['admin'], accounts: ['*'] },
];

/** A page of another origin that loads the client as a web site does. */
function pageOf(gateway: string): string {
  const imports = {
    'openapi-fetch': '/node_modules/openapi-fetch/dist/index.mjs',
    'eventsource-parser': '/node_modules/eventsource-parser/dist/index.js',
  };
  return `<!doctype html><title>client</title><link rel="icon" href="data:,"><output></output>
<script type="importmap">${JSON.stringify({ imports })}</script>
<script type="module">
  import { createGodwit, isGodwitError } from '/client/src/index.ts';
  const godwit = createGodwit({ url: ${JSON.stringify(gateway)}, credential: async () => ${JSON.stringify(secret)} });
  const body = {
    provider: 'tencent',
    labels: { team: 'pages' },
    target: { instanceId: 'mssql-browser1' },
    source: { type: 'object_storage', bucket: 'acme-backups-1250000000', keys: ['prod/orders.bak'] },
  };
  const { data } = await godwit.POST('/migrations', { body });
  const events = [];
  for await (const event of godwit.events({ migrationId: data.id })) {
    events.push(event.type);
    if (event.type === 'migration.state_changed' && event.data.to === 'succeeded') break;
  }
  const { state } = await godwit.waitFor(data.id);
  const found = [];
  for await (const { id } of godwit.paginate('/migrations', { params: { query: { labels: { team: 'pages' } } } })) found.push(id);
  const again = await godwit.POST('/migrations/{id}/cutover', { params: { path: { id: data.id } } }).catch((error) => error);
  document.querySelector('output').textContent = JSON.stringify({
    state, first: events[0], found: found.length, code: isGodwitError(again) && again.code,
  });
</script>`;
}

describe.skipIf(browserMissing !== null)(named('The client in a browser', browserMissing), () => {
  const open = useBrowser();
  let clouds: Sandbox;
  let gateway: Gateway;
  let site: Server;
  let origin: string;
  beforeAll(async () => {
    site = createServer(async (request, response) => {
      const path = request.url ?? '/';
      if (path === '/') return response.writeHead(200, { 'content-type': 'text/html' }).end(pageOf(gateway.url));
      const text = await readFile(new URL(path.slice(1), root), 'utf8');
      response.writeHead(200, { 'content-type': 'text/javascript' });
      response.end(path.endsWith('.ts') ? stripTypeScriptTypes(text) : text);
    });
    await new Promise<void>((done) => site.listen(0, '127.0.0.1', done));
    origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
    clouds = await startSandbox({ host: '127.0.0.1', runtime: systemRuntime, restoreMs: 300 });
    gateway = await startTestGateway(sandboxAccounts(clouds), {
      config: { auth: { keys }, listen: { port: 0, corsOrigins: [origin] } },
    });
  });
  afterAll(async () => {
    site?.close();
    await gateway?.stop(0);
    await clouds?.close();
  });

  it('the client creates, streams events, waits, lists by label and reads a problem from another origin', async () => {
    const { page, faults } = await open();
    await page.goto(origin);
    await page.waitForFunction("document.querySelector('output').textContent !== ''");
    const seen = JSON.parse((await page.textContent('output')) ?? '');
    expect(seen).toEqual({ state: 'succeeded', first: 'migration.created', found: 1, code: 'invalid_state' });
    expect(faults).toEqual([]);
  });
});
