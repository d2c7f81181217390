import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createStaticKeyAuthenticator } from '../../../src/http/auth/static-keys.ts';
import { testApp } from '../support/app.ts';
import { keyNamed } from '../support/credentials.ts';
import { idOf } from '../support/fixtures.ts';

const key = keyNamed('reader');

describe('a gateway without authentication', () => {
  it.each([
    ['localhost:8080', 200],
    ['127.0.0.1', 200],
    ['[::1]:8080', 200],
    ['godwit.lab', 200],
    ['GODWIT.lab.:80', 200],
    ['apis.example.com', 200],
    ['attacker.example', 403],
    ['localhost.attacker.example', 403],
    ['0.0.0.0', 403],
    ['10.0.0.1', 403],
    ['a b', 400],
    ['u@localhost', 400],
  ])('called with the Host %s answers %d', async (host, status) => {
    const settings = { allowedHosts: ['godwit.lab'], publicUrl: 'https://apis.example.com/godwit' };
    const { app } = await testApp({ settings });
    expect((await app.inject({ url: '/migrations', headers: { host } })).statusCode).toBe(status);
  });

  it('rejects a change from a page of another site', async () => {
    const { app, service } = await testApp();
    const url = `/migrations/${idOf('mig', 1)}/cancel`;
    const foreign = await app.inject({ method: 'POST', url, headers: { 'sec-fetch-site': 'cross-site' } });
    expect(foreign.json()).toMatchObject({ status: 403, code: 'forbidden' });
    expect(service.calls).toEqual([]);
    expect((await app.inject({ method: 'POST', url, headers: { 'sec-fetch-site': 'same-origin' } })).statusCode).toBe(
      202,
    );
  });
});

describe('the Host header', () => {
  const told = async (head: string, authenticated = true) => {
    const { app } = await testApp(authenticated ? { auth: createStaticKeyAuthenticator([key.entry]) } : {});
    await app.listen({ host: '127.0.0.1', port: 0 });
    const address = app.server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    return new Promise<string>((done) => {
      let text = '';
      const socket = connect(port, '127.0.0.1', () => socket.write(`${head}connection: close\r\n\r\n`));
      socket.on('data', (chunk) => {
        text += chunk;
      });
      socket.on('close', () => done(text));
    });
  };

  it.each([
    ['missing', `GET /migrations HTTP/1.1\r\nx-api-key: ${key.secret}\r\n`],
    ['given twice', `GET /migrations HTTP/1.1\r\nhost: a\r\nhost: b\r\nx-api-key: ${key.secret}\r\n`],
  ])('%s gets a problem with a request id', async (_name, head) => {
    const answer = await told(head);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toMatch(/x-request-id: req_/);
    expect(answer).toContain('"parameter":"Host"');
  });

  it('may have any value with credentials and may be absent in HTTP/1.0', async () => {
    expect(await told(`GET /migrations HTTP/1.1\r\nhost: any.example\r\nx-api-key: ${key.secret}\r\n`)).toMatch(
      /^HTTP\/1\.1 200 /,
    );
    expect(await told('GET /livez HTTP/1.0\r\n', false)).toMatch(/^HTTP\/1\.1 200 /);
  });
});
