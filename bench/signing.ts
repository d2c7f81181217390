import { createRequire } from 'node:module';
import { AKSKSigner } from '@huaweicloud/huaweicloud-sdk-core/auth/AKSKSigner.js';
import { Secret } from '../src/domain/secret.ts';
import { authorization } from '../src/providers/huawei/sign.ts';
import { signTc3 } from '../src/providers/tencent/sign.ts';
import { compare, timed } from './measure.ts';

const require = createRequire(import.meta.url);
const { default: Sign } = require('tencentcloud-sdk-nodejs-common/tencentcloud/common/sign.js');

const times = 2000;
const repeat = (work: () => unknown) => () =>
  timed(() => {
    for (let count = 0; count < times; count++) work();
  });

const tencent = {
  payload: '{"InstanceId":"mssql-rdc0gajn","BackupMigrationId":"mssql-backup-migration-kpl74n9l"}',
  timestamp: 1_700_000_000,
  service: 'sqlserver',
  secretId: 'AKIDEXAMPLE0000000000000000000000001',
  secretKey: 'ExampleSecretKey0000000000000001',
};
const host = 'sqlserver.tencentcloudapi.com';
await compare(
  'A TC3 signature',
  [
    {
      name: 'tencentcloud-sdk-nodejs-common',
      run: repeat(() =>
        Sign.sign3({
          method: 'POST',
          url: `https://${host}/`,
          multipart: false,
          boundary: '',
          headers: {},
          ...tencent,
        }),
      ),
    },
    {
      name: 'Godwit',
      run: repeat(() =>
        signTc3({ method: 'POST', query: '', signedHeaders: { 'content-type': 'application/json', host }, ...tencent }),
      ),
    },
  ],
  9,
);

const path = '/v5/0123456789abcdef0123456789abcdef/backup-migration-jobs';
const date = '20261121T190800Z';
const body = JSON.stringify({
  name: 'orders',
  description: 'a restore',
  instance_id: 'in04',
  keys: ['prod/orders.bak'],
});
const keys = { getAk: () => 'ACCESSKEY', getSk: () => 'secret-access-key' };
const credentials = {
  provider: 'huawei',
  method: 'access_key',
  accessKeyId: 'ACCESSKEY',
  secretAccessKey: new Secret('secret-access-key'),
} as const;
await compare(
  'An SDK-HMAC-SHA256 signature',
  [
    {
      name: '@huaweicloud/huaweicloud-sdk-core',
      run: repeat(() =>
        AKSKSigner.sign(
          {
            endpoint: `https://drs.example.com${path}`,
            method: 'POST',
            queryParams: {},
            headers: { 'content-type': 'application/json', 'X-Sdk-Date': date },
            data: body,
          },
          keys as never,
        ),
      ),
    },
    {
      name: 'Godwit',
      run: repeat(() =>
        authorization(
          {
            method: 'POST',
            path,
            query: [],
            headers: { 'content-type': 'application/json', host: 'drs.example.com', 'x-sdk-date': date },
            body,
          },
          date,
          credentials,
        ),
      ),
    },
  ],
  9,
);
