import { createRequire } from 'node:module';
import { AKSKSigner } from '@huaweicloud/huaweicloud-sdk-core/auth/AKSKSigner.js';
import { Secret } from '../../src/domain/secret.ts';
import { canonicalQuery } from '../../src/providers/alibaba/percent.ts';
import {
  acs3CanonicalRequest,
  acs3Signature,
  acs3SignedHeaders,
  sha256Hex,
} from '../../src/providers/alibaba/sign-acs3.ts';
import { rpcSignature, rpcStringToSign } from '../../src/providers/alibaba/sign-rpc.ts';
import { authorization } from '../../src/providers/huawei/sign.ts';
import { scopeDate, signingKeyOf, signTc3 } from '../../src/providers/tencent/sign.ts';
import { inTurns, type Row } from '../measure.ts';

const require = createRequire(import.meta.url);
const { default: Sign } = require('tencentcloud-sdk-nodejs-common/tencentcloud/common/sign.js');
const { default: OpenApiUtil } = require('@alicloud/openapi-util');

interface Pair {
  readonly name: string;
  readonly sdk: string;
  ours(): string;
  theirs(): string;
}

/** Each signer beside that of the official SDK, with the same request. Rejects if the signatures differ. */
export async function signatures(): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const { name, sdk, ours, theirs } of [tc3(), rpc(), acs3(), sdkHmac()]) {
    const [own, other] = [ours(), theirs()];
    if (own !== other) throw new Error(`${name}: ${own} is not ${other}`);
    const [godwit = Number.NaN, value = Number.NaN] = await inTurns(
      [
        { name: 'Godwit', run: async () => timed(ours) },
        { name: sdk, run: async () => timed(theirs) },
      ],
      9,
    );
    rows.push({ name: `signature ${name}`, unit: 'µs', godwit, against: { name: sdk, value }, target: '≤ 1.0 ×' });
  }
  return rows;
}

const times = 10_000;

/** The cost of a function in microseconds of this process. */
function timed(work: () => unknown): number {
  const { user, system } = process.cpuUsage();
  for (let count = 0; count < times; count++) work();
  const spent = process.cpuUsage();
  return (spent.user - user + spent.system - system) / times;
}

/** The signature in an `Authorization` header. */
const signatureOf = (header: string): string => header.slice(header.indexOf('Signature=') + 'Signature='.length);

function tc3(): Pair {
  const host = 'sqlserver.tencentcloudapi.com';
  const body = { InstanceId: 'mssql-rdc0gajn', BackupMigrationId: 'mssql-backup-migration-kpl74n9l' };
  const common = {
    method: 'POST',
    timestamp: 1_700_000_000,
    service: 'sqlserver',
    secretId: 'AKIDEXAMPLE0000000000000000000000001',
    secretKey: 'ExampleSecretKey0000000000000001',
  };
  const type = 'application/json';
  const secretKey = new Secret(common.secretKey);
  return {
    name: 'TC3-HMAC-SHA256',
    sdk: 'tencentcloud-sdk-nodejs-common',
    ours: () =>
      signatureOf(
        signTc3({
          signingKey: signingKeyOf(secretKey, scopeDate(common.timestamp)),
          ...common,
          query: '',
          signedHeaders: { 'content-type': type, host },
          payload: JSON.stringify(body),
        }).authorization,
      ),
    theirs: () =>
      signatureOf(
        Sign.sign3({
          ...common,
          url: `https://${host}/`,
          payload: body,
          multipart: false,
          boundary: '',
          headers: { 'Content-Type': type },
        }),
      ),
  };
}

const alibabaParameters = {
  DBInstanceId: 'rm-uf6wjk5xxxxxxx',
  DBName: 'orders',
  BackupMode: 'FULL',
  IsOnlineDB: 'True',
  CheckDBMode: 'AsyncExecuteDBCheck',
  OssObjectPositions: 'oss-cn-hangzhou.aliyuncs.com:acme-backups:prod/orders.bak',
};
const secret = 'benchmark-secret';

function rpc(): Pair {
  const parameters = {
    ...alibabaParameters,
    Action: 'CreateMigrateTask',
    Version: '2014-08-15',
    Format: 'JSON',
    AccessKeyId: 'LTAIbenchmark',
    SignatureMethod: 'HMAC-SHA1',
    SignatureVersion: '1.0',
    SignatureNonce: '3f1c2b7a-90de-4c11-8a52-77c0d1e2b703',
    Timestamp: '2026-11-21T19:08:00Z',
  };
  const entries = Object.entries(parameters);
  return {
    name: 'RPC, HMAC-SHA1',
    sdk: '@alicloud/openapi-util',
    ours: () => rpcSignature(secret, rpcStringToSign('POST', canonicalQuery(entries))),
    theirs: () => OpenApiUtil.getRPCSignature(parameters, 'POST', secret),
  };
}

function acs3(): Pair {
  const algorithm = 'ACS3-HMAC-SHA256';
  const payload = sha256Hex('');
  const headers = {
    accept: 'application/json',
    host: 'rds.aliyuncs.com',
    'x-acs-action': 'CreateMigrateTask',
    'x-acs-version': '2014-08-15',
    'x-acs-date': '2026-11-21T19:08:00Z',
    'x-acs-signature-nonce': '3f1c2b7a-90de-4c11-8a52-77c0d1e2b703',
    'x-acs-content-sha256': payload,
  };
  const entries = Object.entries(alibabaParameters);
  return {
    name: algorithm,
    sdk: '@alicloud/openapi-util',
    ours: () => {
      const signed = acs3SignedHeaders(headers);
      const canonical = acs3CanonicalRequest('POST', canonicalQuery(entries), signed, payload);
      return signatureOf(
        `${algorithm} Credential=LTAIbenchmark,SignedHeaders=${signed.names},Signature=${acs3Signature(secret, canonical)}`,
      );
    },
    theirs: () =>
      signatureOf(
        OpenApiUtil.getAuthorization(
          { method: 'POST', pathname: '/', query: alibabaParameters, headers },
          algorithm,
          payload,
          'LTAIbenchmark',
          secret,
        ),
      ),
  };
}

function sdkHmac(): Pair {
  const path = '/v5/0123456789abcdef0123456789abcdef/backup-migration-jobs';
  const date = '20261121T190800Z';
  const body = { name: 'orders', description: 'a restore', instance_id: 'in04', keys: ['prod/orders.bak'] };
  const keys = { getAk: () => 'ACCESSKEY', getSk: () => secret };
  const credentials = {
    provider: 'huawei',
    method: 'access_key',
    accessKeyId: 'ACCESSKEY',
    secretAccessKey: new Secret(secret),
  } as const;
  return {
    name: 'SDK-HMAC-SHA256',
    sdk: '@huaweicloud/huaweicloud-sdk-core',
    ours: () =>
      signatureOf(
        authorization(
          {
            method: 'POST',
            path,
            query: [],
            headers: { 'content-type': 'application/json', host: 'drs.example.com', 'x-sdk-date': date },
            body: JSON.stringify(body),
          },
          date,
          credentials,
        ),
      ),
    theirs() {
      const signed: { Authorization?: string } = AKSKSigner.sign(
        {
          endpoint: `https://drs.example.com${path}`,
          method: 'POST',
          queryParams: {},
          headers: { 'content-type': 'application/json', 'X-Sdk-Date': date },
          data: body,
        },
        keys as never,
      );
      return signatureOf(signed.Authorization ?? '');
    },
  };
}
