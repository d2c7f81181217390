import { describe, expect, it } from 'vitest';
import { problemCatalogue, problemCodes } from '../../../src/domain/problem.ts';
import { reasons } from '../../../src/domain/reasons.ts';
import { migrationStates } from '../../../src/domain/vocabulary.ts';
import { createStaticKeyAuthenticator } from '../../../src/http/auth/static-keys.ts';
import { sharedApp, testApp } from '../support/app.ts';
import { keyNamed } from '../support/credentials.ts';
import { document } from '../support/documented.ts';

describe('read operations beside migrations', () => {
  const app = sharedApp();

  it('list the providers', async () => {
    const { call } = app();
    const list = await call('GET', '/providers');
    expect(list.json().items.map(({ id }: { id: string }) => id)).toEqual(['alibaba', 'huawei', 'tencent']);
    expect((await call('GET', '/providers/huawei')).json()).toEqual({
      ...list.json().items[1],
      circuits: [],
      slowedOperations: [],
    });
    expect((await call('GET', '/providers/aws')).statusCode).toBe(404);
  });

  it('list the accounts', async () => {
    const response = await app().call('GET', '/accounts');
    expect(response.json()).toEqual({
      items: [{ name: 'ali-main', provider: 'alibaba', region: 'cn-hangzhou' }],
      nextPageToken: null,
    });
  });

  it('list all problems and show each at its type URI', async () => {
    const { call } = app();
    expect((await call('GET', '/problems')).json().items).toHaveLength(problemCodes.length);
    for (const code of problemCodes)
      expect((await call('GET', `/problems/${code}`)).json()).toEqual({ code, ...problemCatalogue[code] });
    expect((await call('GET', '/problems/toString')).statusCode).toBe(404);
  });

  it.each(['/providers', '/problems'])('page %s when a page size is given', async (path) => {
    const { call } = await testApp();
    const { items } = (await call('GET', path)).json<{ items: unknown[] }>();
    const seen: unknown[] = [];
    let url: string | undefined = `${path}?pageSize=2`;
    for (let pages = 0; url !== undefined && pages < 40; pages++) {
      const response = await call('GET', url);
      seen.push(...response.json<{ items: unknown[] }>().items);
      url = /<(.*)>; rel="next"/.exec(String(response.headers.link))?.[1];
    }
    expect(seen).toEqual(items);
    expect(items.length).toBeGreaterThan(2);
    expect((await call('GET', `${path}?pageSize=0`)).statusCode).toBe(400);
  });

  it('show the API’s links as JSON or as a page for browsers', async () => {
    const { call, app: fastify } = app();
    expect((await call('GET', '/')).json().links).toMatchObject({
      docs: '/docs',
      metrics: '/metrics',
      ready: '/readyz',
    });
    const page = await fastify.inject({ url: '/', headers: { accept: 'text/html,*/*;q=0.8' } });
    expect(page.statusCode).toBe(302);
    expect(page.headers.location).toBe('board/');
    const board = await fastify.inject('/board/');
    expect(board.headers['content-security-policy']).not.toContain('unsafe');
    expect(board.body).not.toMatch(/<script(?![^>]*src=)| style=| on[a-z]+=/);
    for (const [, file] of board.body.matchAll(/(?:src|href)="\.\/(static\/[^"]+)"/g))
      expect((await fastify.inject(`/board/${file}`)).statusCode, file).toBe(200);
    const vocabulary = (await fastify.inject('/board/vocabulary.json')).json();
    expect(vocabulary.states).toEqual(migrationStates);
    expect(Object.keys(vocabulary.reasons)).toEqual(reasons);
    expect(Object.keys(vocabulary.providerOptions.huawei)).toContain('fileStream');
  });

  it('serve the OpenAPI document', async () => {
    const response = await app().app.inject('/openapi.json');
    expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
    const served = response.json();
    expect(Object.keys(served.paths)).toEqual(Object.keys(document.paths));
    expect(served.components.schemas).toEqual(JSON.parse(JSON.stringify(document.components.schemas)));
    expect(served.security).toBeUndefined();
    expect(served.components.securitySchemes).toBeUndefined();
    expect(served.info['x-environment']).toBe('live');
    const { examples } = served.paths['/migrations'].post.requestBody.content['application/json'];
    expect(examples.alibaba.value.account).toBe('ali-main');
  });
});

describe('probes', () => {
  it('answer live without asking the store', async () => {
    const { call, service } = await testApp();
    expect((await call('GET', '/livez')).json()).toEqual({ status: 'live' });
    expect(service.calls).toEqual([]);
  });

  it('answer ready, with checks on request', async () => {
    const { call } = await testApp();
    expect((await call('GET', '/readyz')).json()).toEqual({ status: 'ready' });
    expect((await call('GET', '/readyz?verbose')).json().checks).toEqual([
      { name: 'store', ok: true, detail: 'answers' },
    ]);
  });

  it('name accounts to callers with a grant for them, and number them for other callers', async () => {
    const [all, some] = [keyNamed('all'), keyNamed('some', { accounts: ['ali-main'] })];
    const { call, service } = await testApp({ auth: createStaticKeyAuthenticator([all.entry, some.entry]) });
    const checks = ['store', 'account ali-main', 'account hw-main'].map((name) => ({ name, ok: true, detail: 'fine' }));
    service.health = async () => ({ ready: true, draining: false, checks });
    const names = async (headers: Record<string, string> = {}) => {
      const response = await call('GET', '/readyz?verbose', { headers });
      expect(response.statusCode).toBe(200);
      expect(response.headers).not.toHaveProperty('www-authenticate');
      return response.json<{ checks: { name: string }[] }>().checks.map(({ name }) => name);
    };
    expect(await names({ 'x-api-key': all.secret })).toEqual(['store', 'account ali-main', 'account hw-main']);
    expect(await names({ 'x-api-key': some.secret })).toEqual(['store', 'account ali-main', 'account #1']);
    expect(await names({ 'x-api-key': 'wrong' })).toEqual(['store', 'account #1', 'account #2']);
    expect(await names()).toEqual(['store', 'account #1', 'account #2']);
  });

  it.each([
    [true, 'draining'],
    [false, 'overloaded'],
  ])('answer not ready while draining is %s: %s', async (draining, code) => {
    const { call, service } = await testApp();
    const checks = [{ name: 'store', ok: false, detail: 'does not answer' }];
    service.health = async () => ({ ready: false, draining, checks });
    const response = await call('GET', '/readyz?verbose');
    expect(response.statusCode).toBe(503);
    expect(response.json()).toMatchObject({ code, checks });
    expect(response.headers['retry-after']).toBe('5');
    expect((await call('GET', '/readyz')).json()).not.toHaveProperty('checks');
  });

  it('accept any Accept header', async () => {
    const { call } = await testApp();
    expect((await call('GET', '/livez', { headers: { accept: 'text/plain' } })).statusCode).toBe(200);
  });
});
