import { describe, expect, it } from 'vitest';
import { Secret } from '../../src/domain/secret.ts';
import {
  type Account,
  type Credentials,
  type SignedRequest,
  VendorError,
  type VendorReply,
  type VendorRequest,
} from '../../src/domain/vendor.ts';
import { boundedBody, maxDepth, maxOtherLength, maxTextLength } from '../../src/transport/bounded-answer.ts';
import { createVendorClient } from '../../src/transport/client.ts';
import { cleanReply, redactorFor, redactorOf, withoutSignedParameters } from '../../src/transport/redaction.ts';
import { cpuTimeOf } from '../support/cpu-time.ts';
import { echoForms, readings } from '../support/echoes.ts';
import { emulatedAccounts } from '../support/emulated-accounts.ts';
import { type ProviderId, providers } from '../support/providers.ts';
import { VirtualTime } from '../support/virtual-time.ts';
import { reply } from './fixtures.ts';

const secret = 'CANARY/secret+key==0123456789abcdef';
const token = `CANARYtoken${Buffer.from(Array.from({ length: 900 }, (_, index) => (index * 7919) % 251)).toString('base64')}`;
const signature = 'CANARY0123456789abcdef0123456789abcdef';
const signedUrl = `https://acme.cos.ap-guangzhou.myqcloud.com/prod/orders%20full.bak?q-ak=AKIDCANARY000&q-sign-time=1&q-signature=${signature}&x-cos-security-token=CANARY%2Btok%2Fen0000`;

const credentials: readonly (Credentials & { readonly provider: ProviderId; readonly name: string })[] = [
  {
    name: 'rpc',
    provider: 'alibaba',
    accessKeyId: 'id',
    accessKeySecret: new Secret(secret),
    securityToken: new Secret(token),
  },
  {
    name: 'key',
    provider: 'huawei',
    method: 'access_key',
    accessKeyId: 'id',
    secretAccessKey: new Secret(secret),
    securityToken: new Secret(token),
  },
  { name: 'tc3', provider: 'tencent', secretId: 'AKID', secretKey: new Secret(secret), token: new Secret(token) },
];
const requests: Readonly<Record<ProviderId, VendorRequest>> = {
  alibaba: {
    operation: 'CreateMigrateTask',
    service: 'rds',
    effect: 'write',
    method: 'POST',
    path: '/',
    query: [['OSSUrls', signedUrl]],
    headers: {},
    body: undefined,
  },
  huawei: {
    operation: 'CreateJob',
    service: 'drs',
    effect: 'write',
    method: 'POST',
    path: '/v3/{project_id}/jobs',
    query: [],
    headers: {},
    body: { files: [signedUrl] },
  },
  tencent: {
    operation: 'CreateBackupMigration',
    service: 'sqlserver',
    effect: 'write',
    method: 'POST',
    path: '/',
    query: [],
    headers: {},
    body: { BackupFiles: [signedUrl] },
  },
};
const errorBody: Readonly<Record<ProviderId, (message: string) => string>> = {
  alibaba: (Message) => JSON.stringify({ Code: 'InvalidParameter', Message, RequestId: 'R' }),
  huawei: (error_msg) => JSON.stringify({ error_code: 'DRS.M00001', error_msg }),
  tencent: (Message) => JSON.stringify({ Response: { Error: { Code: 'InvalidParameter', Message }, RequestId: 'R' } }),
};

/** The failure that the engine receives when the vendor repeats the request. */
async function echoed(
  each: Credentials & { readonly provider: ProviderId },
  echo: (signed: SignedRequest) => string,
): Promise<string> {
  const account = { ...emulatedAccounts[each.provider], projectId: 'f'.repeat(32) } as Account;
  let repeated: VendorReply | null = null;
  const client = createVendorClient({
    providers,
    runtime: new VirtualTime(),
    exchangeOf: () => ({
      send: async (signed) => {
        repeated = reply(errorBody[each.provider](echo(signed)), {
          httpStatus: each.provider === 'tencent' ? 200 : 400,
        });
        return repeated;
      },
      close: async () => undefined,
    }),
    credentialsOf: async () => each,
  });
  const failure = await client.execute(account, account.region, requests[each.provider]).then(
    () => null,
    (error: unknown) => error,
  );
  if (!(failure instanceof VendorError)) throw new Error(`not refused: ${String(failure)}`);
  return JSON.stringify(failure.failure);
}

/** Every secret in a request, without its surroundings. */
function canaries(signed: SignedRequest): readonly string[] {
  const made = /Signature=([^&,\s]+)/.exec(
    `${decodeURIComponent(signed.url)} ${signed.headers.authorization ?? signed.headers.Authorization ?? ''}`,
  )?.[1];
  const sharp = [
    secret,
    token.slice(0, 40),
    token.slice(400, 460),
    signature,
    'CANARY+tok/en0000',
    'CANARY%2Btok%2Fen0000',
  ];
  return made === undefined ? sharp : [...sharp, made];
}

describe.each(credentials)('parts of a request that $provider repeats', (each) => {
  it.each(Object.keys(echoForms))('are removed in this form: %s', async (form) => {
    let sent: SignedRequest | null = null;
    const shown = await echoed(each, (signed) => {
      sent = signed;
      const parts = [
        signed.url,
        ...Object.entries(signed.headers).map(([name, value]) => `${name}: ${value}`),
        signed.body ?? '',
        secret,
        signedUrl,
      ];
      return `The value is invalid: ${parts.map((part) => (echoForms[form] ?? String)(part)).join(' , ')} .`;
    });
    const read = readings(shown);
    if (sent === null) throw new Error('nothing was sent');
    for (const canary of canaries(sent)) expect(read, `${form}: ${canary}`).not.toContain(canary.toLowerCase());
  });
});

describe('a redacted reply', () => {
  const redact = redactorOf([secret, token, '123456']);

  it('is unchanged when it contains no secret', () => {
    const answer = JSON.stringify({
      RequestId: '0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9',
      Items: [{ TaskId: 123456, Text: 'orders.bak' }],
    });
    expect(redact(answer)).toBe(answer);
  });

  it('is the same document apart from the secrets', () => {
    const answer = JSON.stringify({
      a: [`x ${token}`, `"${secret}"`, `\\${secret}\\`, JSON.stringify({ inner: token })],
      b: 123456,
      c: '123456',
    });
    expect(JSON.parse(redact(answer))).toMatchObject({ b: 123456, c: '[secret]' });
    expect(redact(answer)).not.toContain('CANARY');
  });

  it('contains no values of signed URLs that another party made', () => {
    const text = `GET ${signedUrl} and https%3A%2F%2Fa%2Fb%3FSignature%3DCANARYabc%26x%3D1 and "https://a/b?sig=CANARYdef\\u0026x=1"`;
    expect(withoutSignedParameters(text)).not.toMatch(/CANARY[0-9%a]|CANARYdef/);
    expect(withoutSignedParameters(text)).toContain('orders%20full.bak');
  });

  it('is redacted by secret names and positions, not by values that are sent openly', () => {
    const signed: SignedRequest = {
      method: 'POST',
      url: 'https://rds.aliyuncs.com/?Action=CreateMigrateTask&SignatureMethod=HMAC-SHA1&ClientToken=opentoken01&Signature=hiddenA1%3D',
      headers: {
        'x-auth-token': 'hiddenB123',
        authorization: 'SDK-HMAC-SHA256 Access=id, SignedHeaders=host, Signature=hiddenC123',
      },
      body: JSON.stringify({
        deep: [{ password: 'hiddenD123', name: 'orders' }],
        links: ['https://user:hiddenE123@host/x'],
      }),
    };
    const hidden = redactorFor(signed, null, null);
    expect(hidden('hiddenA1= hiddenB123 hiddenC123 hiddenD123 hiddenE123')).toBe(Array(5).fill('[secret]').join(' '));
    expect(hidden('CreateMigrateTask HMAC-SHA1 opentoken01 orders host')).toBe(
      'CreateMigrateTask HMAC-SHA1 opentoken01 orders host',
    );
  });

  it('is redacted in its headers too', () => {
    const cleaned = cleanReply(reply('{}', { headers: { 'x-echo': `got ${secret}` } }), redact);
    expect(cleaned.headers['x-echo']).toBe('got [secret]');
  });
});

describe('the limits of a reply', () => {
  it('cut every text of a JSON document and keep it valid', () => {
    const long = `${'x'.repeat(maxTextLength - 3)}\\u00e9"\\n${'y'.repeat(100_000)}`;
    const body = JSON.stringify({ short: 'a', long, nested: [{ blank: ' '.repeat(200_000), after: 1 }] });
    const bounded = JSON.parse(boundedBody(body)) as {
      short: string;
      long: string;
      nested: { blank: string; after: number }[];
    };
    expect(bounded.short).toBe('a');
    expect(bounded.long.length).toBeLessThanOrEqual(maxTextLength);
    expect(long.startsWith(bounded.long)).toBe(true);
    expect(bounded.nested[0]).toEqual({ blank: ' '.repeat(maxTextLength), after: 1 });
  });

  it('leave an ordinary document unchanged', () => {
    const body = JSON.stringify({ a: ['{[', '\\"', '\\\\', 'é'], b: { c: [1, null, true] } });
    expect(boundedBody(body)).toBe(body);
    expect(boundedBody('')).toBe('');
  });

  it('reject a document that is nested too deeply or has too many elements, in little time', () => {
    const bodies = [
      '['.repeat(3_000_000),
      '{"a":'.repeat(maxDepth + 1),
      `[${'[],'.repeat(1_000_000)}1]`,
      `[${'1,'.repeat(1_500_000)}1]`,
    ];
    const spentMs = cpuTimeOf(() => {
      for (const body of bodies) expect(() => boundedBody(body)).toThrow();
    });
    expect(spentMs).toBeLessThan(500);
    expect(boundedBody(`${'['.repeat(maxDepth)}${']'.repeat(maxDepth)}`)).toHaveLength(2 * maxDepth);
  });

  it('cut text that is not JSON', () => {
    expect(boundedBody(`<html>${'x'.repeat(1_000_000)}`)).toHaveLength(maxOtherLength);
  });
});
