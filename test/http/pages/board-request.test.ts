import { beforeAll, describe, expect, it } from 'vitest';
import { vocabulary } from '../../../src/http/pages/board/catalogue.js';
import { curlText } from '../../../src/http/pages/board/curl.js';
import { Faults, linesIn, pairsIn, schemaValue } from '../../../src/http/pages/board/form-values.js';
import { modeOf, requestOf } from '../../../src/http/pages/board/request.js';
import { kindOf, kindsOf, sourceOf } from '../../../src/http/pages/board/source-body.js';
import { providers as registry } from '../../../src/registry.ts';
import { sharedApp } from '../support/app.ts';

/** The vocabulary that the gateway gives the page. */
const app = sharedApp();
beforeAll(async () => {
  Object.assign(vocabulary, (await app().app.inject({ url: '/board/vocabulary.json' })).json());
});
const providers = Object.fromEntries(registry.all.map(({ id, capabilities }) => [id, capabilities]));

const account = { provider: 'alibaba', name: 'ali-main', region: 'cn-hangzhou' };
const filled = { instanceId: ' rm-1 ', database: 'orders', bucket: 'acme', keys: 'prod/orders.bak' };
const bodyOf = (values: object, provider = 'alibaba') =>
  requestOf(values, { ...account, provider }, providers[provider]);

describe('the body of a creation', () => {
  it('contains the trimmed form values and nothing else', () => {
    expect(bodyOf(filled)).toEqual({
      complete: true,
      body: {
        provider: 'alibaba',
        account: 'ali-main',
        mode: 'full',
        target: { instanceId: 'rm-1', databases: [{ name: 'orders' }] },
        source: { type: 'object_storage', bucket: 'acme', keys: ['prod/orders.bak'] },
      },
    });
  });

  it('contains names, labels, databases, options and provider settings if given', () => {
    const values = {
      ...filled,
      region: 'cn-beijing',
      name: 'monday',
      description: 'a try',
      labels: 'team=orders\n wave = 7=b \n',
      restoreAs: 'orders_copy',
      'options-consistencyCheck': 'sync',
      'options-precheck': '',
    };
    expect(bodyOf(values).body).toMatchObject({
      region: 'cn-beijing',
      name: 'monday',
      description: 'a try',
      labels: { team: 'orders', wave: '7=b' },
      target: { databases: [{ name: 'orders', restoreAs: 'orders_copy' }] },
      options: { consistencyCheck: 'sync' },
    });
    const own = { ...filled, 'own-fileStream': 'false', 'own-enterpriseProjectId': '0' };
    expect(bodyOf(own, 'huawei').body.providerOptions).toEqual({
      huawei: { enterpriseProjectId: '0', fileStream: false },
    });
  });

  it('contains several databases and skips empty rows', () => {
    const rows = { databaseRows: 3, database: 'a', 'database-2': 'c', 'restoreAs-2': 'd' };
    expect(bodyOf({ ...filled, ...rows }).body.target.databases).toEqual([
      { name: 'a' },
      { name: 'c', restoreAs: 'd' },
    ]);
  });

  it('contains no settings of another provider that the form still holds', () => {
    const values = { ...filled, overwrite: true, 'own-fileStream': 'true', mode: 'full_differential' };
    const { body } = bodyOf(values);
    expect(body).not.toHaveProperty('providerOptions');
    expect(body.target).not.toHaveProperty('overwrite');
    expect(modeOf(values, providers.huawei)).toBe('full');
    expect(bodyOf(values, 'huawei').body.target.overwrite).toBe(true);
  });

  it.each([
    ['without the instance', false, 'alibaba', { instanceId: ' ' }],
    ['without the bucket', false, 'alibaba', { bucket: '' }],
    ['without the key', false, 'alibaba', { keys: ' \n ' }],
    ['without a database at Alibaba', false, 'alibaba', { database: '' }],
    ['without a database at Huawei', true, 'huawei', { database: '' }],
  ])('%s: complete is %s', (_what, complete, provider, change) =>
    expect(bodyOf({ ...filled, ...change }, provider).complete).toBe(complete),
  );

  it('omits the mode of an adopted task unless the user selects one', () => {
    const values = { ...filled, kind: 'adopt', adopt: 'migrateTaskId=564563256' };
    expect(bodyOf(values).body).not.toHaveProperty('mode');
    expect(bodyOf(values).body.adopt).toEqual({ migrateTaskId: '564563256' });
    expect(bodyOf({ ...values, mode: 'full_log' }).body.mode).toBe('full_log');
  });
});

describe('the source of a backup', () => {
  const place = { creating: true, chain: true };

  it('is offered in the kinds that the provider can read; folders and tasks only for a creation', () => {
    expect(kindsOf(providers.alibaba, true)).toEqual(['object_storage', 'feed', 'url', 'adopt']);
    expect(kindsOf(providers.tencent, false)).not.toContain('feed');
    expect(kindsOf(undefined, true)).toEqual([]);
    expect(kindOf({ kind: 'upload' }, providers.alibaba, true)).toBe('object_storage');
  });

  it('is a folder with its watch settings', () => {
    const values = {
      kind: 'feed',
      bucket: 'acme',
      prefix: 'prod/',
      watch: false,
      lastFile: 'tail.trn',
      endpoint: 'oss',
    };
    const feed = { bucket: 'acme', prefix: 'prod/', endpoint: 'oss' };
    expect(sourceOf(values, providers.alibaba, place)).toEqual({
      member: { feed: { ...feed, watch: false, lastFile: 'tail.trn' } },
      complete: true,
    });
    expect(sourceOf(values, providers.alibaba, { ...place, chain: false }).member).toEqual({ feed });
    expect(sourceOf({ ...values, prefix: '' }, providers.alibaba, place).complete).toBe(false);
  });

  it('has one link per line and prefixed fields in a dialog', () => {
    const values = { kind: 'url', 'add-urls': 'https://a.example/1\n\nhttps://a.example/2' };
    const { member } = sourceOf(values, providers.alibaba, { creating: false, chain: true, prefix: 'add-' });
    expect(member).toEqual({ source: { type: 'url', urls: ['https://a.example/1', 'https://a.example/2'] } });
  });
});

describe('values of a form', () => {
  it('are parsed by line and by pair', () => {
    expect(linesIn(' a \n\n b')).toEqual(['a', 'b']);
    expect(linesIn()).toEqual([]);
    expect(pairsIn('a=1\nb')).toEqual({ a: '1', b: '' });
  });

  it('are parsed by the schema of their setting', () => {
    expect(schemaValue('', { type: 'string' })).toBeUndefined();
    expect(schemaValue('false', { type: 'boolean' })).toBe(false);
    expect(schemaValue(' x ', { type: 'string' })).toBe('x');
    expect(schemaValue('a=1', { type: 'object' })).toEqual({ a: '1' });
  });
});

describe('the faults of a body', () => {
  it('belong to the first field that claims them or a parent; others are shown at the top', () => {
    const faults = new Faults([
      { pointer: '/source/keys/0' },
      { pointer: '/source/keyspace' },
      { pointer: '/target' },
      { parameter: 'dryRun' },
    ]);
    expect(faults.claim('/source/keys')).toEqual([{ pointer: '/source/keys/0' }]);
    expect(faults.claim('/source/keys')).toEqual([]);
    expect(faults.rest()).toEqual([{ pointer: '/source/keyspace' }, { pointer: '/target' }, { parameter: 'dryRun' }]);
  });
});

describe('a call as a command of a shell', () => {
  const root = new URL('https://apis.example.com/godwit/');

  it('is a single line for a read', () => {
    expect(curlText({ method: 'GET', path: 'migrations?pageSize=50' }, root, false)).toBe(
      "curl 'https://apis.example.com/godwit/migrations?pageSize=50'",
    );
  });

  it('names the key without showing it, and quotes user input', () => {
    const call = {
      method: 'POST',
      path: 'migrations',
      body: { description: "it's" },
      headers: { 'if-match': '"a.1"' },
    };
    expect(curlText(call, root, true).split(' \\\n  ')).toEqual([
      "curl -X POST 'https://apis.example.com/godwit/migrations'",
      '-H "authorization: Bearer $GODWIT_API_KEY"',
      "-H 'content-type: application/json'",
      `-H 'if-match: "a.1"'`,
      `-d '{"description":"it'\\''s"}'`,
    ]);
  });
});
