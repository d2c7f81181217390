import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/config/config.ts';
import { parseConfig } from '../../src/config/file.ts';
import { checkedConfig } from '../support/configuration.ts';
import { alibabaEntry, digest, faultsOf, minimal } from './fixtures.ts';

function faultsOfText(text: string): readonly string[] {
  try {
    parseConfig(text, 'godwit.yaml');
    return [];
  } catch (error) {
    return error instanceof ConfigError ? error.faults : [String(error)];
  }
}

describe('an unreadable configuration file', () => {
  it.each([
    ['begins with an asterisk', 'a: 1\nsecret: *hunter2\n', 2, /quotes/],
    ['begins with an exclamation mark', 'secret: !hunter2 x\n', 1, /quotes/],
    ['begins with an at sign', 'secret: @hunter2\n', 1, /quotes/],
    ['holds a colon', 'secret: hunter2: x\n', 1, /./],
    ['has an open quote', 'a: 1\nsecret: "hunter2\nb: 2\n', 4, /quote/],
    ['stands twice', 'hunter2: 1\nhunter2: 2\n', 2, /twice/],
    ['is in broken JSON', '{ "secret": "hunter2", }}', 1, /./],
  ])(
    'with a syntax error because a secret %s: the fault gives the line, not the secret',
    (_name, text, line, words) => {
      const faults = faultsOfText(text);
      expect(faults.join('\n')).toContain(`line ${line}: `);
      expect(faults.join('\n')).toMatch(words);
      expect(faults.join('\n')).not.toContain('hunter2');
    },
  );

  it('that grows without end is rejected', () => {
    const levels = Array.from(
      { length: 12 },
      (_, level) => `l${level + 1}: &l${level + 1} [${Array(9).fill(`*l${level}`)}]`,
    );
    expect(faultsOfText(`l0: &l0 [x]\n${levels.join('\n')}\n`).join()).toContain('aliases');
  });
});

describe('a fault', () => {
  it.each([
    ['in place of a variable name', { accessKeyId: 'id', accessKeySecret: { env: 'hunter2' } }],
    ['in place of a path', { accessKeyId: 'id', accessKeySecret: { file: 'hunter2' } }],
    ['in place of a member name', { accessKeyId: 'id', hunter2: 'x' }],
  ])('never repeats a secret %s', async (_name, credentials) => {
    const faults = await faultsOf({ accounts: [{ ...alibabaEntry(), credentials }] });
    expect(faults.length).toBeGreaterThan(0);
    expect(faults.join('\n')).not.toContain('hunter2');
  });

  it.each([
    [
      'a misspelt scope',
      { auth: { keys: [keyEntry('ci', 'a', { scopes: ['migration:read'] })] } },
      '`migrations:read`',
    ],
    [
      'a grant for an account that does not exist',
      { auth: { keys: [keyEntry('ci', 'a', { accounts: ['ali-mian'] })] } },
      '`ali-main`',
    ],
    ['a misspelt setting', { listen: { hots: 'x' } }, '`host`'],
    ['a misspelt level', { log: { level: 'warning' } }, '`warn`'],
  ])('of %s suggests the intended name', async (_name, part, meant) => {
    expect((await faultsOf({ ...minimal(), ...part })).join('\n')).toContain(`did you mean ${meant}?`);
  });

  it.each([
    ['an unreplaced placeholder', { publicUrl: ['https://$', '{HOST}/x'].join('') }, 'publicUrl: contains `$'],
    [
      'a key with the reserved name of unauthenticated callers',
      { auth: { keys: [keyEntry('anonymous', 'a')] } },
      'auth.keys[0].name',
    ],
    ['a duplicate issuer', { auth: { jwt: [issuer(), issuer()] } }, 'auth.jwt[1].issuer: is used twice'],
    [
      'a member of one of several issuers',
      { auth: { jwt: [{ ...issuer(), jwksUri: undefined }] } },
      'auth.jwt[0].jwksUri: is missing',
    ],
    [
      'a member of the one issuer',
      { auth: { jwt: { ...issuer(), audience: undefined } } },
      'auth.jwt.audience: is missing',
    ],
  ])('is %s', async (_name, part, line) => {
    expect((await faultsOf(JSON.parse(JSON.stringify({ ...minimal(), ...part })))).join('\n')).toContain(line);
  });

  it('of an environment variable names the variable', async () => {
    const faults = (environment: Record<string, string>) =>
      checkedConfig(minimal(), environment, false).then(
        () => '',
        (error: ConfigError) => error.faults.join('\n'),
      );
    expect(await faults({ LOG_LEVEL: '' })).toBe('');
    expect(await faults({ LOG_LEVEL: 'warning' })).toMatch(/^LOG_LEVEL: .*did you mean `warn`\?$/);
    expect(await faults({ HOST: 'workstation' })).toContain('environment variable HOST');
  });
});

describe('a file with many faults', () => {
  it('reports all of them at once', async () => {
    const faults = await faultsOf({
      listen: { hots: 'x' },
      accounts: [
        {
          ...alibabaEntry(),
          region: 'CN Hangzhou',
          credentials: { accessKeyId: { env: 'ALI_ID' }, accessKeySecret: { file: '/absent/secret' }, other: 1 },
          endpoints: { rds: 'http://rds.example.com' },
        },
        { ...alibabaEntry(), name: 'second', provider: 'alibabba' },
      ],
      auth: { keys: [keyEntry('ci', 'a', { accounts: ['ali-mian'] })] },
    });
    for (const place of [
      'listen.hots',
      'accounts[0].region',
      'accounts[0].credentials.accessKeyId',
      'accounts[0].credentials.accessKeySecret',
      'accounts[0].credentials.other',
      'accounts[0].endpoints.rds',
      'accounts[1].provider',
      'auth.keys[0].accounts[0]',
    ])
      expect(
        faults.filter((fault) => fault.startsWith(`${place}: `)),
        `${place} in ${faults.join('\n')}`,
      ).toHaveLength(1);
  });
});

describe('issuers', () => {
  it('in a list require tokens of type `at+jwt`; a single issuer does not', async () => {
    const types = async (jwt: unknown) =>
      (await checkedConfig({ ...minimal(), auth: { jwt } }, {}, false)).auth.issuers.map(({ tokenType }) => tokenType);
    expect(await types(issuer())).toEqual(['any']);
    expect(await types([issuer(), { ...issuer(), issuer: 'https://two.example', tokenType: 'any' }])).toEqual([
      'at+jwt',
      'any',
    ]);
  });
});

function issuer() {
  return { issuer: 'https://one.example', audience: 'godwit', jwksUri: 'https://one.example/keys' };
}

function keyEntry(name: string, secret: string, more: object = {}) {
  return { name, sha256: digest(secret), scopes: ['migrations:read'], accounts: ['*'], ...more };
}
