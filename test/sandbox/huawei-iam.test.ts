import { describe, expect, it } from 'vitest';
import { temporaryAccessKey } from '../../src/sandbox/huawei/account.ts';
import { jobsPath, keys, laboratory, login, minute, P, signed, start, tokenRequest } from './huawei-fixture.ts';

const wrongPassword = { error: { code: 401, message: 'The username or password is wrong.', title: 'Unauthorized' } };

describe('Huawei sandbox: tokens', () => {
  it('returns a token over 16 KiB, with the project and six fractional digits', () => {
    const { raw } = laboratory();
    const answer = raw(tokenRequest(login()));
    expect(answer.status).toBe(201);
    expect(answer.headers['X-Subject-Token']).toMatch(/^MII[A-Za-z0-9+/]{20477}$/);
    expect(answer.json.token).toMatchObject({
      issued_at: '2026-03-01T10:00:00.000000Z',
      expires_at: '2026-03-02T10:00:00.000000Z',
      catalog: [],
      project: { id: P, name: 'ap-southeast-3' },
      user: { name: keys.userName, password_expires_at: '' },
    });
  });

  it('adds a service catalogue by default', () => {
    const answer = laboratory().raw({ ...tokenRequest(login()), query: '' });
    expect((answer.json as { token: { catalog: unknown[] } }).token.catalog.length).toBeGreaterThan(0);
  });

  it.each([
    ['project by id', { project: { id: P } }, P],
    ['project before domain', { project: { name: keys.region }, domain: { name: keys.accountName } }, P],
    ['domain', { domain: { name: keys.accountName } }, undefined],
    ['none', undefined, undefined],
  ])('returns the project of the scope: %s', (_, scope, project) => {
    const answer = laboratory().raw(tokenRequest(login({ scope })));
    expect(answer.status).toBe(201);
    expect((answer.json as { token: { project?: { id: string } } }).token.project?.id).toBe(project);
  });

  it('returns a separate project per region and none for an unknown one', () => {
    const { raw } = laboratory();
    const other = raw(tokenRequest(login({ scope: { project: { name: 'cn-north-4' } } })));
    expect((other.json as { token: { project: { id: string } } }).token.project.id).toMatch(
      /^(?!5a4db0c0)[0-9a-f]{32}$/,
    );
    expect(raw(tokenRequest(login({ scope: { project: { name: 'atlantis-1' } } }))).status).toBe(404);
  });

  it.each([
    ['no JSON', '{"auth":'],
    ['no password', { auth: { identity: { methods: ['password'] } } }],
    ['another method', { auth: { identity: { methods: ['hw_ak_sk'], hw_ak_sk: {} } } }],
    ['an unknown member', { ...login(), extra: 1 }],
    ['nothing', undefined],
  ])('rejects a body with %s', (_, body) => {
    expect(laboratory().raw(tokenRequest(body))).toMatchObject({
      status: 400,
      json: { error: { code: 400, message: 'The request body is invalid', title: 'Bad Request' } },
    });
  });

  it('locks the user for 15 minutes after five wrong passwords within 15 minutes', () => {
    const { raw, clock } = laboratory();
    for (let i = 0; i < 5; i++) {
      expect(raw(tokenRequest(login({ password: 'wrong' })))).toMatchObject({ status: 401, json: wrongPassword });
      clock.now += minute;
    }
    expect(raw(tokenRequest(login()))).toMatchObject({ status: 401, json: { error_code: 'IAM.0061' } });
    clock.now += 14 * minute;
    expect(raw(tokenRequest(login())).status).toBe(201);
  });

  it('resets the count of wrong passwords after a right one and after 15 minutes', () => {
    const { raw, clock } = laboratory();
    const fail = (times: number) => {
      for (let i = 0; i < times; i++) raw(tokenRequest(login({ password: 'wrong' })));
    };
    fail(4);
    expect(raw(tokenRequest(login())).status).toBe(201);
    fail(4);
    expect(raw(tokenRequest(login())).status).toBe(201);
    fail(4);
    clock.now += 15 * minute;
    fail(1);
    expect(raw(tokenRequest(login())).status).toBe(201);
  });

  it.each([{ user: 'nobody' }, { account: 'another-account' }])('does not count wrong passwords of %o', (who) => {
    const { raw } = laboratory();
    for (let i = 0; i < 9; i++) expect(raw(tokenRequest(login(who))).json).toEqual(wrongPassword);
    expect(raw(tokenRequest(login())).status).toBe(201);
  });
});

describe('Huawei sandbox: access with a token', () => {
  const mustUpdate = { status: 401, json: { error_code: 'APIGW.0307', error_msg: 'The token must be updated.' } };

  function withToken(lab: ReturnType<typeof laboratory>, scope?: unknown) {
    const answer = lab.raw(tokenRequest(login(scope === undefined ? {} : { scope })));
    const token = answer.headers['X-Subject-Token'] ?? '';
    return (path: string) => lab.raw({ path, headers: { 'x-auth-token': token } });
  }

  it('allows its own project for 24 hours of the cloud’s clock', () => {
    const lab = laboratory();
    const get = withToken(lab);
    lab.clock.now += 24 * 60 * minute - 1;
    expect(get(jobsPath)).toMatchObject({ status: 200, json: { count: 0, jobs: [] } });
    lab.clock.now += 1;
    expect(get(jobsPath)).toMatchObject(mustUpdate);
  });

  it('rejects a revoked token and accepts a new one', () => {
    const lab = laboratory();
    const get = withToken(lab);
    lab.cloud.revokeTokens();
    expect(get(jobsPath)).toMatchObject(mustUpdate);
    expect(withToken(lab)(jobsPath).status).toBe(200);
  });

  it('rejects an unknown token with the request id in header and body', () => {
    const answer = laboratory().raw({ path: jobsPath, headers: { 'x-auth-token': 'MIIunknown' } });
    expect(answer).toMatchObject(mustUpdate);
    expect(answer.json.request_id).toBe(answer.headers['X-Request-Id']);
  });

  it.each([
    ['of another project', { project: { name: 'cn-north-4' } }],
    ['of the whole account', { domain: { name: keys.accountName } }],
  ])('allows no project with a token %s', (_, scope) => {
    const get = withToken(laboratory(), scope);
    expect(get(jobsPath)).toMatchObject({ status: 403, json: { error_code: 'DRS.M00261' } });
    expect(get(`/v3/${P}/instances`)).toMatchObject({ status: 403, json: { error_code: 'APIGW.0310' } });
    expect(get('/v3/projects').status).toBe(200);
  });

  it('rejects a request without credentials and too large a header', () => {
    const { raw } = laboratory();
    expect(raw({ path: jobsPath })).toMatchObject({
      status: 401,
      json: { error_code: 'APIGW.0301', error_msg: expect.stringContaining('x-auth-token not found') },
    });
    const huge = raw({ path: jobsPath, headers: { 'x-auth-token': 'x'.repeat(50_001) } });
    expect(huge).toMatchObject({ status: 494, json: { error_code: 'APIGW.0201' } });
    const body = 'x'.repeat(12 * 1024 * 1024 + 1);
    expect(raw({ method: 'POST', path: jobsPath, body })).toMatchObject({
      status: 413,
      json: { error_code: 'APIGW.0201' },
    });
  });
});

describe('Huawei sandbox: projects', () => {
  it('returns the region’s project to a signed request that names no project', () => {
    const { raw } = laboratory();
    const sent = { path: '/v3/projects', query: `name=${keys.region}` };
    const { 'x-project-id': _, ...headers } = signed(sent, start);
    expect(raw({ ...sent, headers }).status).toBe(401);
    const minimal = signed(sent, start, { 'x-project-id': '' });
    expect(raw({ ...sent, headers: minimal })).toMatchObject({
      status: 200,
      json: { projects: [{ id: P, name: keys.region, enabled: true, is_domain: false }] },
    });
  });

  it.each([
    ['name=atlantis-1', 200, 0],
    ['page=2&per_page=10', 200, 10],
    ['page=2', 400, undefined],
    ['per_page=10&page=0', 400, undefined],
    ['nmae=x', 400, undefined],
    ['name=a&name=b', 400, undefined],
  ])('the query %s gets %d', (query, status, count) => {
    const answer = laboratory().call({ path: '/v3/projects', query });
    expect(answer.status).toBe(status);
    expect((answer.json as { projects?: unknown[] }).projects?.length).toBe(count);
  });
});

describe('Huawei sandbox: signatures', () => {
  const list = { path: jobsPath, query: 'limit=10&status=PRECHECK%20FAILED' };
  const reason = (text: string) => ({
    status: 401,
    json: { error_code: 'APIGW.0301', error_msg: expect.stringContaining(text) },
  });

  it.each([
    ['another method', { method: 'DELETE', path: `${jobsPath}/x` }, { path: `${jobsPath}/x` }],
    ['another path', { path: `${jobsPath}/a` }, { path: `${jobsPath}/b` }],
    ['another query', { ...list, query: 'limit=11' }, { ...list, query: 'limit=10' }],
    [
      'a plus for a space',
      { ...list, query: 'status=PRECHECK+FAILED' },
      { ...list, query: 'status=PRECHECK%20FAILED' },
    ],
    ['another body', { method: 'POST', path: jobsPath, body: '{}' }, { method: 'POST', path: jobsPath, body: '{ }' }],
  ])('rejects %s after signing', (_, sent, claimed) => {
    expect(laboratory().raw({ ...sent, headers: signed(claimed, start) })).toMatchObject(
      reason('verify aksk signature fail, canonicalRequest:'),
    );
  });

  it.each([
    ['content-type', 'application/json; charset=utf-8'],
    ['host', 'elsewhere'],
    ['x-project-id', 'a'.repeat(32)],
  ])('rejects a changed %s', (name, value) => {
    expect(laboratory().raw({ ...list, headers: { ...signed(list, start), [name]: value } })).toMatchObject(
      reason('verify aksk signature fail'),
    );
  });

  it('accepts any query order and any legal encoding of tilde and slash', () => {
    const answer = laboratory().raw({
      path: jobsPath,
      query: 'name=a%2fb%7E&limit=5',
      headers: signed({ path: jobsPath, query: 'limit=5&name=a%2Fb~' }, start),
    });
    expect(answer.status).toBe(200);
  });

  it('returns the canonical request with bars for newlines', () => {
    const answer = laboratory().raw({ ...list, headers: signed(list, start, { sk: 'wrong' }) });
    expect(answer.json.error_msg).toContain(
      `canonicalRequest:GET|${jobsPath}/|limit=10&status=PRECHECK%20FAILED|content-type:application/json|host:sandbox:8443|`,
    );
  });

  it.each([
    [-15 * minute, 200],
    [15 * minute, 200],
    [-15 * minute - 1000, 401],
    [15 * minute + 1000, 401],
  ])('answers a signature %d ms off the clock with %d', (offset, status) => {
    const answer = laboratory().raw({ ...list, headers: signed(list, start + offset) });
    expect(answer.status).toBe(status);
    if (status === 401) {
      expect(answer.json.error_msg).toContain('signature expired, signature time:20260301T');
      expect(answer.json.error_msg).toContain('server time:20260301T100000Z');
    }
  });

  it.each([
    ['an unknown key', { ak: 'SANDBOXNOBODY' }, 'Get secretKey failed,ak:SANDBOXNOBODY,err:ak not exist'],
    ['a wrong security token', { 'x-security-token': 'wrong' }, 'ak not exist'],
    ['a temporary key without its token', { ak: temporaryAccessKey.id, sk: temporaryAccessKey.secret }, 'ak not exist'],
  ])('rejects %s', (_, extra, text) => {
    expect(laboratory().raw({ ...list, headers: signed(list, start, extra) })).toMatchObject(reason(text));
  });

  it('accepts a temporary key with its token', () => {
    const extra = {
      ak: temporaryAccessKey.id,
      sk: temporaryAccessKey.secret,
      'x-security-token': temporaryAccessKey.securityToken,
    };
    expect(laboratory().raw({ ...list, headers: signed(list, start, extra) }).status).toBe(200);
  });

  it.each([
    ['no host', 'content-type;x-project-id;x-sdk-date'],
    ['unsorted names', 'host;content-type;x-project-id;x-sdk-date'],
    ['a missing header', 'content-type;host;x-nothing;x-project-id;x-sdk-date'],
    ['the name of a built-in object property', 'constructor;content-type;host;x-project-id;x-sdk-date'],
  ])('rejects %s among the signed headers', (_, names) => {
    const headers = signed(list, start, {}, names.split(';'));
    expect(laboratory().raw({ ...list, headers })).toMatchObject(reason('verify aksk signature fail'));
  });

  it('accepts the minimal signed headers and trims header values', () => {
    const headers = signed(list, start, {}, ['content-type', 'host', 'x-sdk-date']);
    expect(laboratory().raw({ ...list, headers: { ...headers, 'content-type': ' application/json ' } }).status).toBe(
      200,
    );
  });

  it.each(['SDK-HMAC-SHA256 Access=x', 'SDK-HMAC-SHA256', 'Bearer x'])(
    'rejects the authorization %j',
    (authorization) => {
      expect(laboratory().raw({ ...list, headers: { authorization } }).status).toBe(401);
    },
  );

  it('requires the right X-Project-Id for a project', () => {
    const { raw } = laboratory();
    for (const id of ['', 'a'.repeat(32)]) {
      const answer = raw({ ...list, headers: signed(list, start, { 'x-project-id': id }) });
      expect(answer).toMatchObject({
        status: 403,
        json: { error_code: 'DRS.M00261', error_msg: 'Invalid project ID.' },
      });
    }
  });

  it('locks a key for five minutes after more than five bad signatures in a row', () => {
    const { raw, call, clock } = laboratory();
    const bad = () => raw({ ...list, headers: signed(list, clock.now, { sk: 'wrong' }) });
    for (let i = 0; i < 5; i++) bad();
    expect(call(list).status).toBe(200);
    for (let i = 0; i < 6; i++) expect(bad()).toMatchObject(reason('verify aksk signature fail'));
    expect(call(list)).toMatchObject(reason('AK access failed to reach the limit,forbidden'));
    clock.now += 5 * minute - 1;
    expect(call(list).status).toBe(401);
    clock.now += 1;
    bad();
    expect(call(list).status).toBe(200);
  });
});

describe('Huawei sandbox: the API gateway', () => {
  it('recognizes operations by name and answers 404 otherwise', () => {
    const { cloud, raw } = laboratory();
    const operation = (method: string, path: string) =>
      cloud.operationOf({ method, path, query: '', headers: {}, body: '' });
    expect(operation('POST', jobsPath)).toBe('CreateReplicationJob');
    expect(operation('GET', `/v3/${P}/instances/x/database/detail`)).toBe('ListSqlserverDatabases');
    expect(operation('PATCH', jobsPath)).toBe('?');
    expect(raw({ method: 'PATCH', path: jobsPath })).toMatchObject({ status: 404, json: { error_code: 'APIGW.0101' } });
  });

  it.each([
    ['throttled', jobsPath, 429, 'APIGW.0308'],
    ['unavailable', jobsPath, 502, 'APIGW.0201'],
    ['internal_error', jobsPath, 500, 'APIGW.0601'],
    ['throttled', '/v3/projects', 429, 'IAM.0012'],
    ['unavailable', '/v3/projects', 503, undefined],
    ['internal_error', '/v3/projects', 500, undefined],
  ] as const)('phrases %s at %s as the vendor does', (kind, path, status, code) => {
    const reply = laboratory().cloud.fault(kind, { method: 'GET', path, query: '', headers: {}, body: '' });
    expect(reply.status).toBe(status);
    expect(JSON.parse(reply.body).error_code).toBe(code);
  });

  it.each([
    [{ code: 'DRS.M01503' }, 400, { error_code: 'DRS.M01503', error_msg: 'Operation too frequent.' }],
    [{ code: 'DRS.X', status: 418, message: 'm' }, 418, { error_code: 'DRS.X', error_msg: 'm' }],
    [{ code: 'constructor' }, 400, { error_code: 'constructor', error_msg: 'Failed.' }],
    [{ code: 'APIGW.0307' }, 401, { error_code: 'APIGW.0307', request_id: expect.any(String) }],
    [{ code: 'DBS.280110', status: 404, message: 'm' }, 404, { errCode: 'DBS.280110', externalMessage: 'm' }],
  ])('rejects with %o in the format of its layer', (error, status, body) => {
    const reply = laboratory().cloud.refuse?.(error, { method: 'GET', path: '/', query: '', headers: {}, body: '' });
    expect(reply?.status).toBe(status);
    expect(JSON.parse(reply?.body ?? '')).toMatchObject(body);
  });
});
