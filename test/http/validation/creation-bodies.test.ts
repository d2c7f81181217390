import { describe, expect, it } from 'vitest';
import { json, sharedApp } from '../support/app.ts';
import { createBody } from '../support/fixtures.ts';

type Fault = { pointer?: string; parameter?: string; detail: string };
const url = { type: 'url', urls: ['https://example.com/a.bak'] };
const long = (length: number) => 'x'.repeat(length);

/** The change to a valid request, the pointer of the fault and its detail. */
const createFaults: [name: string, change: Record<string, unknown>, pointer: string, detail: string | RegExp][] = [
  ['provider missing', { provider: undefined }, '/provider', 'is required'],
  ['provider of wrong type', { provider: 5 }, '/provider', /must be text, not a number/],
  ['provider unknown', { provider: 'aws' }, '/provider', 'must be one of `alibaba`, `huawei`, `tencent`'],
  ['provider misspelt', { provider: 'alibabba' }, '/provider', /did you mean `alibaba`\?/],
  ['account empty', { account: '' }, '/account', 'must not be empty'],
  ['account too long', { account: long(65) }, '/account', 'must have at most 64 characters'],
  ['account null', { account: null }, '/account', 'must be text, not `null`'],
  ['region of wrong form', { region: 'Hangzhou!' }, '/region', /region id, such as `cn-hangzhou`/],
  ['name too short', { name: 'abc' }, '/name', /4 to 50 characters/],
  ['name of wrong type', { name: ['orders'] }, '/name', 'must be text, not a list'],
  ['description too long', { description: long(1025) }, '/description', 'must have at most 1024 characters'],
  ['labels of wrong type', { labels: 'team' }, '/labels', 'must be an object, not text'],
  ['label with a wrong name', { labels: { 'Team A': 'x' } }, '/labels/Team A', /lower-case letters/],
  ['label with a slash that is wrong', { labels: { 'a/B': 'x' } }, '/labels/a~1B', /lower-case letters/],
  ['label of wrong type', { labels: { team: 1 } }, '/labels/team', 'must be text, not a number'],
  ['label too long', { labels: { team: long(256) } }, '/labels/team', 'must have at most 255 characters'],
  ['mode unknown', { mode: 'full_logs' }, '/mode', /did you mean `full_log`\?/],
  ['target missing', { target: undefined }, '/target', 'is required'],
  ['target of wrong type', { target: 'rm-1' }, '/target', 'must be an object, not text'],
  ['target without instance', { target: {} }, '/target/instanceId', 'is required'],
  ['instance of wrong form', { target: { instanceId: '-' } }, '/target/instanceId', /3 to 128 characters/],
  [
    'target with an unknown field',
    { target: { instanceId: 'rm-1', colour: 'x' } },
    '/target/colour',
    /^is not a known field; known are `instanceId`/,
  ],
  ['a zero character', { description: 'a\u0000b' }, '/description', /U\+0000/],
  ['half of a surrogate pair', { labels: { team: 'x\ud800' } }, '/labels/team', /surrogate/],
  ['a zero character in a name', { labels: { 'te\u0000am': 'x' } }, '/labels', /has a member whose name .*U\+0000/],
  [
    'databases not a list',
    { target: { instanceId: 'rm-1', databases: { name: 'a' } } },
    '/target/databases',
    'must be a list, not an object',
  ],
  [
    'database without name',
    { target: { instanceId: 'rm-1', databases: [{}] } },
    '/target/databases/0/name',
    'is required',
  ],
  [
    'database with a misspelt field',
    { target: { instanceId: 'rm-1', databases: [{ name: 'a', restoreas: 'b' }] } },
    '/target/databases/0/restoreas',
    /did you mean `restoreAs`\?/,
  ],
  [
    'database name too long',
    { target: { instanceId: 'rm-1', databases: [{ name: long(129) }] } },
    '/target/databases/0/name',
    'must have at most 128 characters',
  ],
  [
    'too many databases',
    { target: { instanceId: 'rm-1', databases: Array.from({ length: 101 }, (_, n) => ({ name: `d${n}` })) } },
    '/target/databases',
    'must have at most 100 items',
  ],
  [
    'overwrite as text',
    { target: { instanceId: 'rm-1', overwrite: 'false' } },
    '/target/overwrite',
    'must be `true` or `false`, not text',
  ],
  [
    'source without type',
    { source: { bucket: 'acme-backups', keys: ['a'] } },
    '/source/type',
    /is required|must be one of/,
  ],
  [
    'source of unknown type',
    { source: { type: 's3' } },
    '/source/type',
    'must be one of `object_storage`, `url`, `instance_backup`, `upload`',
  ],
  [
    'source of misspelt type',
    { source: { type: 'object-storage' } },
    '/source/type',
    /did you mean `object_storage`\?/,
  ],
  ['bucket missing', { source: { type: 'object_storage', keys: ['a'] } }, '/source/bucket', 'is required'],
  [
    'bucket of wrong form',
    { source: { type: 'object_storage', bucket: 'Acme', keys: ['a'] } },
    '/source/bucket',
    /bucket name/,
  ],
  ['keys missing', { source: { type: 'object_storage', bucket: 'acme-backups' } }, '/source/keys', 'is required'],
  [
    'keys not a list',
    { source: { type: 'object_storage', bucket: 'acme-backups', keys: 'a' } },
    '/source/keys',
    'must be a list, not text',
  ],
  [
    'key empty',
    { source: { type: 'object_storage', bucket: 'acme-backups', keys: [''] } },
    '/source/keys/0',
    'must not be empty',
  ],
  [
    'keys the same',
    { source: { type: 'object_storage', bucket: 'acme-backups', keys: ['a', 'a'] } },
    '/source/keys',
    'items 0 and 1 are the same',
  ],
  [
    'endpoint with a scheme',
    { source: { type: 'object_storage', bucket: 'acme-backups', keys: ['a'], endpoint: 'https://x' } },
    '/source/endpoint',
    /without scheme/,
  ],
  [
    'field of another source',
    { source: { ...url, bucket: 'acme-backups' } },
    '/source/bucket',
    /is not a known field; known are `type`, `urls`/,
  ],
  ['url without scheme', { source: { type: 'url', urls: ['example.com/a.bak'] } }, '/source/urls/0', /must start with/],
  [
    'instance backup without version',
    { source: { type: 'instance_backup', instanceId: 'abcin04', backupId: 'abcbr04' } },
    '/source/engineVersion',
    'is required',
  ],
  [
    'file name with a path',
    { source: { type: 'upload', fileName: 'a/b.bak' } },
    '/source/fileName',
    /file name without/,
  ],
  [
    'option unknown',
    { options: { consistencycheck: 'async' } },
    '/options/consistencycheck',
    /did you mean `consistencyCheck`\?/,
  ],
  [
    'option of wrong value',
    { options: { consistencyCheck: 'later' } },
    '/options/consistencyCheck',
    'must be one of `async`, `sync`',
  ],
  ['precheck as number', { options: { precheck: 1 } }, '/options/precheck', 'must be `true` or `false`, not a number'],
  ['options of an unknown provider', { providerOptions: { aws: {} } }, '/providerOptions/aws', /is not a known field/],
  [
    'provider option of wrong type',
    { providerOptions: { huawei: { fileStream: 'yes' } } },
    '/providerOptions/huawei/fileStream',
    /must be `true` or `false`/,
  ],
  [
    'tag with a wrong name',
    { providerOptions: { huawei: { tags: { 'a b': 'x' } } } },
    '/providerOptions/huawei/tags/a b',
    /1 to 36 characters/,
  ],
  [
    'option where none exists',
    { providerOptions: { tencent: { fast: true } } },
    '/providerOptions/tencent/fast',
    /none is allowed here/,
  ],
  ['unknown field', { sources: url }, '/sources', /did you mean `source`\?/],
  ['unknown field with odd letters', { 'a/b~c': 1 }, '/a~1b~0c', /is not a known field/],
];

const app = sharedApp();

describe('POST /migrations rejects', () => {
  it.each(createFaults)('%s', async (_name, change, pointer, detail) => {
    const { call, service } = app();
    const response = await call('POST', '/migrations', json({ ...createBody, ...change }));
    expect(response.statusCode).toBe(400);
    const { errors } = response.json<{ errors: Fault[] }>();
    expect(errors).toHaveLength(1);
    expect(errors[0]).toEqual({ pointer, detail: typeof detail === 'string' ? detail : expect.stringMatching(detail) });
    expect(service.calls).toEqual([]);
  });

  it('with all faults at once', async () => {
    const { call } = app();
    const response = await call(
      'POST',
      '/migrations',
      json({ target: { databases: [{}] }, source: { type: 'url' }, nam: 'x' }),
    );
    const { errors, detail } = response.json<{ errors: Fault[]; detail: string }>();
    expect(errors.map((fault) => fault.pointer).sort()).toEqual([
      '/nam',
      '/provider',
      '/source/urls',
      '/target/databases/0/name',
      '/target/instanceId',
    ]);
    expect(detail).toMatch(/and 4 more/);
  });

  it('without repeating a value, which may be a secret', async () => {
    const { call } = app();
    const secret = 'ftp://example.com/a.bak?Signature=topsecret';
    const response = await call(
      'POST',
      '/migrations',
      json({ ...createBody, source: { type: 'url', urls: [secret, secret] } }),
    );
    expect(response.statusCode).toBe(400);
    expect(response.body).not.toContain('topsecret');
  });

  it.each([
    ['fields', Object.fromEntries(Array.from({ length: 5001 }, (_, n) => [`field${n}`, n]))],
    ['items', { ...createBody, source: { type: 'object_storage', keys: Array.from({ length: 5001 }, () => ({})) } }],
  ])('more %s than any request has, without reading them', async (_name, body) => {
    const { call } = app();
    const response = await call('POST', '/migrations', json(body));
    expect(response.json().errors).toEqual([{ pointer: '', detail: 'has more than 5000 members in all' }]);
  });

  it('many unknown fields with a bounded answer', async () => {
    const { call } = app();
    const flood = Object.fromEntries(Array.from({ length: 4000 }, (_, n) => [`field${n}`, n]));
    const response = await call('POST', '/migrations', json({ ...createBody, ...flood }));
    expect(response.json<{ errors: Fault[] }>().errors).toHaveLength(50);
  });
});
