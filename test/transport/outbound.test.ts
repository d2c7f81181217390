import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { directly, type OutboundSettings } from '../../src/domain/outbound.ts';
import { Secret } from '../../src/domain/secret.ts';
import { VendorError } from '../../src/domain/vendor.ts';
import { createVendorClient } from '../../src/transport/client.ts';
import { createExchange } from '../../src/transport/exchange.ts';
import { createOutbound, dispatcherMaker } from '../../src/transport/outbound.ts';
import { createSender } from '../../src/webhooks/sender.ts';
import { checkedConfig } from '../support/configuration.ts';
import { type ConnectProxy, connectProxy } from '../support/connect-proxy.ts';
import { VirtualTime } from '../support/virtual-time.ts';
import { account, fakeProvider, key, only, request } from './fixtures.ts';

const folder = join(import.meta.dirname, '../support/tls');
const ca = readFileSync(join(folder, 'ca.pem'), 'utf8');
let vendor: Server;
let proxy: ConnectProxy;
const received: string[] = [];

beforeAll(async () => {
  vendor = createServer(
    { key: readFileSync(join(folder, 'server.key')), cert: readFileSync(join(folder, 'server.pem')) },
    (incoming, outgoing) => {
      received.push(`${incoming.method} ${incoming.headers.host}${incoming.url}`);
      outgoing.end('{"keys":[]}');
    },
  );
  await new Promise<void>((done) => vendor.listen(0, '127.0.0.1', done));
  proxy = await connectProxy((vendor.address() as AddressInfo).port);
});
beforeEach(() => {
  received.length = 0;
  proxy.refuseWith = 0;
});
afterAll(async () => {
  vendor.closeAllConnections();
  await Promise.all([proxy.close(), new Promise((done) => vendor.close(done))]);
});

const through = (except = '', url = proxy.url): OutboundSettings => ({
  proxy: { http: new Secret(url), https: new Secret(url), except },
  ca,
});
const signed = (host = 'vendor.test') => ({ method: 'GET', url: `https://${host}/x`, headers: {}, body: undefined });
async function send(settings: OutboundSettings, host?: string): Promise<number> {
  const exchange = createExchange({ callTimeoutMs: 3000, dispatcher: dispatcherMaker(settings) });
  try {
    return (await exchange.send(signed(host), () => 0)).httpStatus;
  } finally {
    await exchange.close();
  }
}

describe('connections to a vendor', () => {
  it('use the proxy with its credentials, to a server with a certificate of the configured authority', async () => {
    const before = proxy.asked.length;
    expect(await send(through('', proxy.url.replace('//', '//user:pass@')))).toBe(200);
    expect(proxy.asked.slice(before)).toEqual([
      { host: 'vendor.test:443', authorization: `Basic ${Buffer.from('user:pass').toString('base64')}` },
    ]);
    expect(received).toEqual(['GET vendor.test/x']);
  });

  it('trust no other authority', async () => {
    await expect(send({ ...through(), ca: null })).rejects.toThrow();
    expect(received).toEqual([]);
  });

  it.each(['vendor.test', '.test', '*', 'other.example,vendor.test'])(
    'bypass the proxy if NO_PROXY says %s',
    async (except) => {
      const before = proxy.asked.length;
      await expect(send(through(except))).rejects.toThrow();
      expect(proxy.asked).toHaveLength(before);
    },
  );

  it('bypass the proxy for this machine under any configuration', async () => {
    const before = proxy.asked.length;
    await expect(send(through(), '127.0.0.1:1')).rejects.toThrow();
    await expect(send(through(), 'localhost:1')).rejects.toThrow();
    expect(proxy.asked).toHaveLength(before);
  });

  it.each([407, 403, 502])('have sent nothing when the proxy answers %d', async (status) => {
    proxy.refuseWith = status;
    const provider = fakeProvider();
    const exchange = createExchange({ callTimeoutMs: 3000, dispatcher: dispatcherMaker(through()) });
    const client = createVendorClient({
      providers: only(provider),
      exchangeOf: () => exchange,
      runtime: new VirtualTime(),
      credentialsOf: async () => key(),
    });
    const told = await client
      .execute({ ...account, endpoints: { sqlserver: 'https://vendor.test' } }, 'r', request('write'))
      .catch((error: unknown) => error);
    expect(told).toBeInstanceOf(VendorError);
    expect(told).toMatchObject({ failure: { kind: 'not_sent' } });
    expect(received).toEqual([]);
    await exchange.close();
  });
});

describe('other outgoing connections', () => {
  it('to a token issuer and to receivers use the proxy too', async () => {
    const outbound = createOutbound({ outbound: through(), accounts: [] });
    const keys = await outbound.fetch('https://issuer.test/keys', { redirect: 'manual' });
    expect(await keys.json()).toEqual({ keys: [] });
    const settings = { timeoutMs: 3000, privateAddresses: false, plainHttp: false };
    const sender = createSender(settings, () => 0, undefined, through());
    expect(await sender.post('https://hooks.test/godwit', {}, '{}')).toMatchObject({ status: 200 });
    expect(received).toEqual(['GET issuer.test/keys', 'POST hooks.test/godwit']);
    // The proxy is not used for a forbidden address either.
    expect(await sender.post('https://169.254.169.254/', {}, '{}')).toMatchObject({ status: null });
    await sender.close();
    await outbound.close();
  });

  it('of accounts may differ from the common one', () => {
    const outbound = createOutbound({
      outbound: directly,
      accounts: [
        { account, outbound: directly },
        { account: { ...account, name: 'behind' }, outbound: through() },
      ],
    });
    expect(outbound.of(account)).toBe(outbound.common);
    expect(outbound.of({ ...account, name: 'behind' })).not.toBe(outbound.common);
  });
});

describe('the proxy configuration', () => {
  const entry = { provider: 'tencent', region: 'ap-guangzhou', credentials: { secretId: 'id', secretKey: 'key' } };
  const configured = (file: object, environment: Record<string, string> = {}) =>
    checkedConfig({ accounts: [{ ...entry, name: 'plain' }], ...file }, environment, false);
  const urlsOf = ({ proxy }: OutboundSettings) =>
    proxy && { http: proxy.http?.reveal() ?? null, https: proxy.https?.reveal() ?? null, except: proxy.except };

  it('comes from the environment, in either case, if the file has none', async () => {
    const { outbound, accounts } = await configured(
      {},
      { HTTPS_PROXY: 'http://a:1', http_proxy: 'http://b:2', no_proxy: '.c' },
    );
    expect(urlsOf(outbound)).toEqual({ http: 'http://b:2', https: 'http://a:1', except: '.c' });
    expect(accounts[0]?.outbound).toBe(outbound);
    expect((await configured({})).outbound).toEqual(directly);
  });

  it('prefers the account, then the file, then the environment', async () => {
    const file = {
      outbound: { proxy: { env: 'P' }, noProxy: '.intern', ca: { file: join(folder, 'ca.pem') } },
      accounts: [
        { ...entry, name: 'plain' },
        { ...entry, name: 'direct', proxy: 'none' },
        { ...entry, name: 'other', proxy: 'http://other:3128' },
      ],
    };
    const { outbound, accounts } = await configured(file, { HTTPS_PROXY: 'http://a:1', P: 'http://user:pass@p:1' });
    expect(urlsOf(outbound)).toEqual({
      http: 'http://user:pass@p:1',
      https: 'http://user:pass@p:1',
      except: '.intern',
    });
    expect(outbound.ca).toContain('BEGIN CERTIFICATE');
    expect(accounts.map((each) => urlsOf(each.outbound)?.https ?? null)).toEqual([
      'http://user:pass@p:1',
      null,
      'http://other:3128',
    ]);
    expect(JSON.stringify(outbound)).not.toContain('pass@');
  });

  it.each<[string, object, Record<string, string>]>([
    ['outbound.proxy', { outbound: { proxy: 'socks5://user:pass@p:1' } }, {}],
    ['outbound.proxy', { outbound: { proxy: 'p:pass' } }, {}],
    ['outbound.ca', { outbound: { ca: 'pass' } }, {}],
    ['accounts[0].proxy', { accounts: [{ ...entry, name: 'x', proxy: 'ftp://pass' }] }, {}],
    ['HTTPS_PROXY', {}, { HTTPS_PROXY: 'socks5://user:pass@p:1' }],
  ])('reports a fault of %s without its value', async (place, file, environment) => {
    const told = await configured(file, environment).catch((error: Error) => error.message);
    expect(told).toContain(`${place}: `);
    expect(told).not.toContain('pass');
  });
});
