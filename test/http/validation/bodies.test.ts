import { describe, expect, it } from 'vitest';
import { json, sharedApp, testApp } from '../support/app.ts';
import { createBody, idOf } from '../support/fixtures.ts';

type Fault = { pointer?: string; parameter?: string; detail: string };

const long = (length: number) => 'x'.repeat(length);

const app = sharedApp();

describe('other request bodies', () => {
  const path = `/migrations/${idOf('mig', 1)}`;
  const source = createBody.source;
  it.each([
    ['POST', `${path}/backups`, { type: 'log', source, finl: true }, '/finl', /did you mean `final`\?/],
    [
      'POST',
      `${path}/backups`,
      { type: 'log', source, final: 'false' },
      '/final',
      /must be `true` or `false`, not text/,
    ],
    ['POST', `${path}/backups`, { type: 'full', source }, '/type', 'must be one of `differential`, `log`'],
    ['POST', `${path}/backups`, { type: 'log' }, '/source', 'is required'],
    ['POST', `${path}/cutover`, { afterBackup: 'x' }, '/afterBackup', /`bkp_` and 26 characters/],
    ['POST', `${path}/cutover`, { after: 'x' }, '/after', /is not a known field/],
    ['POST', `${path}/cancel`, { force: true }, '/force', /none is allowed here/],
    ['POST', `${path}/retry`, { assume: 'present' }, '/assume', 'must be `absent`'],
    ['POST', `${path}/retry`, { adopt: {} }, '/adopt', 'must have at least 1 member'],
    ['POST', `${path}/retry`, { adopt: { taskId: 5 } }, '/adopt/taskId', 'must be text, not a number'],
    ['POST', `${path}/retry`, [], '', 'must be an object, not a list'],
    ['PATCH', path, { description: 5 }, '/description', 'must be text or `null`, not a number'],
    ['PATCH', path, { description: long(1025) }, '/description', 'must have at most 1024 characters'],
    ['PATCH', path, { labels: { team: 5 } }, '/labels/team', 'must be text or `null`, not a number'],
    ['PATCH', path, { labels: { 'Team A': 'x' } }, '/labels/Team A', /lower-case letters/],
    ['PATCH', path, { labels: [] }, '/labels', 'must be an object or `null`, not a list'],
    ['PATCH', path, { name: 'other' }, '/name', /is not a known field; known are `description`, `labels`/],
  ] as const)('%s %s %j has a fault at “%s”', async (method, url, body, pointer, detail) => {
    const { call, service } = app();
    const response = await call(method, url, json(body));
    expect(response.statusCode).toBe(400);
    const expected = typeof detail === 'string' ? detail : expect.stringMatching(detail);
    expect(response.json<{ errors: Fault[] }>().errors).toEqual([{ pointer, detail: expected }]);
    expect(service.calls).toEqual([]);
  });
});

describe('a body that is no JSON object', () => {
  const sends: [string, string | Buffer | undefined, Record<string, string>, number, RegExp][] = [
    [
      'broken JSON',
      '{"provider":\n"alibaba",}',
      { 'content-type': 'application/json' },
      400,
      /is not valid JSON: line 2, column 11/,
    ],
    ['a truncated body', '{"provider":"ali', { 'content-type': 'application/json' }, 400, /is not valid JSON/],
    ['an empty body', '', { 'content-type': 'application/json' }, 400, /a JSON object is required as the body/],
    ['no body at all', undefined, {}, 400, /a JSON object is required as the body/],
    ['null', 'null', { 'content-type': 'application/json' }, 400, /a JSON object is required as the body/],
    ['a list', '[]', { 'content-type': 'application/json' }, 400, /must be an object, not a list/],
    ['a text', '"x"', { 'content-type': 'application/json' }, 400, /must be an object, not text/],
    [
      'bytes that are not UTF-8',
      Buffer.from([0x7b, 0xff, 0x7d]),
      { 'content-type': 'application/json' },
      400,
      /is not UTF-8/,
    ],
    ['a poisoned prototype', '{"__proto__":{"x":1}}', { 'content-type': 'application/json' }, 400, /`__proto__`/],
    [
      'a poisoned constructor',
      '{"labels":{"constructor":{"prototype":{}}}}',
      { 'content-type': 'application/json' },
      400,
      /`constructor`/,
    ],
    [
      'another media type',
      'provider=alibaba',
      { 'content-type': 'application/x-www-form-urlencoded' },
      415,
      /`application\/json` in UTF-8/,
    ],
    ['no media type', '{}', {}, 415, /`Content-Type` is missing|application\/json/],
    ['two media types', '{}', { 'content-type': 'application/json, text/plain' }, 415, /application\/json/],
    ['an unsupported merge patch', '{}', { 'content-type': 'application/merge-patch+json' }, 415, /application\/json/],
    ['a compressed body', '{}', { 'content-type': 'application/json', 'content-encoding': 'gzip' }, 415, /compressed/],
    ['another charset', '{}', { 'content-type': 'application/json; charset=utf-16' }, 415, /UTF-8/],
  ];
  it.each(sends)('such as $0 gets $3', async (_name, payload, headers, status, said) => {
    const { call, service } = app();
    const response = await call('POST', '/migrations', { headers, ...(payload !== undefined && { payload }) });
    expect(response.statusCode).toBe(status);
    expect(response.body).toMatch(said);
    expect(service.calls).toEqual([]);
  });

  it('apart from a UTF-8 charset and byte order mark is accepted', async () => {
    const { call } = app();
    const payload = `\ufeff${JSON.stringify(createBody)}`;
    const response = await call('POST', '/migrations', {
      payload,
      headers: { 'content-type': 'Application/JSON; Charset="UTF-8"' },
    });
    expect(response.statusCode).toBe(201);
  });

  it('or exceeds the limit is rejected', async () => {
    const { call } = await testApp({ settings: { bodyLimitBytes: 1000 } });
    const response = await call('POST', '/migrations', json({ ...createBody, description: long(1000) }));
    expect(response.statusCode).toBe(413);
    expect(response.json().code).toBe('payload_too_large');
  });

  it('is ignored on GET', async () => {
    const { call } = app();
    const response = await call('GET', '/migrations', { payload: 'x', headers: { 'content-type': 'text/plain' } });
    expect(response.statusCode).toBe(200);
  });
});
