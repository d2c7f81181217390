import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { withUs } from '../support/children.ts';
import { type GatewayProcess, post, spawnGateway, temporaryFolder } from '../support/gateway.ts';
import { requestFor } from '../support/simulation.ts';

const running: GatewayProcess[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((gateway) => gateway.end('SIGKILL')));
});

/** A vendor that accepts requests and never answers. */
async function silentVendor() {
  let asked: () => void = () => undefined;
  const called = new Promise<void>((done) => {
    asked = done;
  });
  const server = createServer(() => asked());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { called, url: `http://127.0.0.1:${port}`, close: () => server.closeAllConnections() };
}

const account = (url: string) => ({
  name: 'ali-main',
  provider: 'alibaba',
  region: 'cn-hangzhou',
  credentials: { accessKeyId: 'id', accessKeySecret: 'secret' },
  endpoints: { rds: url },
});

describe('a stop signal', () => {
  it('stops the process despite the unfinished requests of its peers', async () => {
    const folder = await temporaryFolder();
    const gateway = await spawnGateway(folder, {
      store: { url: `sqlite:${join(folder, 'godwit.db')}` },
      accounts: [account('http://127.0.0.1:9')],
    });
    running.push(gateway);
    const { port } = new URL(gateway.url);
    const unfinished = [
      'GET /migrations HT',
      'GET /migrations/events HTTP/1.1\r\nhost: localhost\r\naccept: text/event-stream\r\n\r\n',
      '',
    ];
    const peers = await Promise.all(
      unfinished.map(async (text) => {
        const socket = connect({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true });
        socket.on('error', () => undefined);
        await once(socket, 'connect');
        socket.write(text);
        return socket;
      }),
    );
    await once(peers[1] ?? peers[0] ?? connect(0), 'data');
    expect(await gateway.end('SIGTERM')).toBe(0);
    for (const peer of peers) peer.destroy();
  });

  it('sent twice ends the process at once', async () => {
    const vendor = await silentVendor();
    const folder = await temporaryFolder();
    const gateway = await spawnGateway(folder, {
      store: { url: `sqlite:${join(folder, 'godwit.db')}` },
      engine: { callTimeoutMs: 20_000 },
      accounts: [account(vendor.url)],
    });
    running.push(gateway);
    const asking = post(`${gateway.url}/migrations`, requestFor('alibaba')).catch(() => null);
    await vendor.called;
    gateway.process.kill('SIGTERM');
    await expect.poll(() => gateway.output()).toContain('"msg":"draining"');
    expect(await gateway.end('SIGTERM')).toBe(1);
    expect(gateway.output()).toContain('second signal');
    await asking;
    vendor.close();
  });
});

describe('an unusable listening address', () => {
  it.each([
    ['192.0.2.1', /^godwit: this machine has no address 192\.0\.2\.1; .*listen\.host\n$/],
    ['no-such-host.invalid', /^godwit: the host name no-such-host\.invalid .* does not resolve; .*\n$/],
  ])('such as %s is explained in one sentence', async (host, sentence) => {
    const folder = await temporaryFolder();
    const file = {
      listen: { host, port: 0 },
      store: { url: 'sqlite::memory:' },
      accounts: [account('http://127.0.0.1:9')],
      encryption: { key: Buffer.alloc(32, 1).toString('base64') },
      auth: { keys: [{ name: 'ci', sha256: '0'.repeat(64), scopes: [], accounts: [] }] },
    };
    await writeFile(join(folder, 'godwit.json'), JSON.stringify(file));
    const child = withUs(
      spawn(process.execPath, [resolve(import.meta.dirname, '../../src/godwit.js')], {
        cwd: folder,
        env: { PATH: process.env.PATH, GODWIT_CONFIG: join(folder, 'godwit.json') },
        stdio: ['ignore', 'ignore', 'pipe'],
      }),
    );
    let told = '';
    child.stderr?.on('data', (chunk) => {
      told += chunk;
    });
    const [code] = await once(child, 'close');
    expect([code, told]).toEqual([1, expect.stringMatching(sentence)]);
  });
});
