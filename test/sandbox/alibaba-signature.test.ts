import { describe, expect, it } from 'vitest';
import {
  acs3Signature,
  acs3StringToSign,
  percentEncode,
  rpcSignature,
  rpcStringToSign,
  sha256,
} from '../../src/sandbox/alibaba/signature.ts';

const common = { SignatureMethod: 'HMAC-SHA1', SignatureVersion: '1.0' };
const task = {
  DBInstanceId: 'rm-uf6wjk5xxxxxxx',
  DBName: 'testDB',
  BackupMode: 'FULL',
  IsOnlineDB: 'True',
  CheckDBMode: 'AsyncExecuteDBCheck',
  OssObjectPositions: 'oss-cn-beijing.aliyuncs.com:atp-test-on-ecs:Migration/Test FULL~(1).bak',
};
const frozen = {
  Timestamp: '2024-01-02T03:04:05Z',
  SignatureNonce: 'b7e6a1c2-0000-4000-8000-00000000aa01',
  Version: '2014-08-15',
};
const create = { ...common, ...task, ...frozen, Action: 'CreateMigrateTask', AccessKeyId: 'testid' };

const rpcVectors = [
  {
    name: 'DescribeRegions of the signature page',
    method: 'GET',
    secret: 'testsecret',
    parameters: {
      ...common,
      Action: 'DescribeRegions',
      Format: 'XML',
      Version: '2014-05-26',
      AccessKeyId: 'testid',
      SignatureNonce: '3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf',
      Timestamp: '2016-02-23T12:46:24Z',
    },
    signature: 'OLeaidS1JvxuMvnyHOwuJ+uX5qY=',
  },
  {
    name: 'SendSms, with text beyond ASCII',
    method: 'GET',
    secret: 'testSecret',
    parameters: {
      ...common,
      Action: 'SendSms',
      Format: 'XML',
      OutId: '123',
      PhoneNumbers: '15300000001',
      RegionId: 'cn-hangzhou',
      SignName: '阿里云短信测试专用',
      TemplateCode: 'SMS_71390007',
      TemplateParam: '{"customer":"test"}',
      Version: '2017-05-25',
      AccessKeyId: 'testId',
      SignatureNonce: '45e25e9b-0a6f-4070-8c85-2956eda1b466',
      Timestamp: '2017-07-12T02:42:19Z',
    },
    signature: 'zJDF+Lrzhj/ThnlvIToysFRq6t4=',
  },
  {
    name: 'CreateMigrateTask by GET',
    method: 'GET',
    secret: 'testsecret',
    parameters: { ...create, Format: 'JSON' },
    signature: '3NKqXjUY0me7/fjZl4BlOl139UY=',
  },
  {
    name: 'CreateMigrateTask by POST, lower-case format',
    method: 'POST',
    secret: 'testsecret',
    parameters: { ...create, Format: 'json' },
    signature: 'H6pcl/yewU9k0qD080j55Un8QlI=',
  },
];

describe('signature version 1.0', () => {
  for (const { name, method, secret, parameters, signature } of rpcVectors) {
    it(name, () => {
      expect(rpcSignature(secret, rpcStringToSign(method, Object.entries(parameters)))).toBe(signature);
    });
  }

  it('encodes everything but the unreserved characters', () => {
    expect(percentEncode("a-_.~ !*'()+/é")).toBe('a-_.~%20%21%2A%27%28%29%2B%2F%C3%A9');
  });
});

describe('ACS3-HMAC-SHA256', () => {
  it('RunInstances of the signature page', () => {
    const stringToSign = acs3StringToSign({
      method: 'POST',
      path: '/',
      query: [
        ['ImageId', 'win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd'],
        ['RegionId', 'cn-shanghai'],
      ],
      headers: [
        ['host', 'ecs.cn-shanghai.aliyuncs.com'],
        ['x-acs-action', 'RunInstances'],
        ['x-acs-content-sha256', sha256('')],
        ['x-acs-date', '2023-10-26T10:22:32Z'],
        ['x-acs-signature-nonce', '3156853299f313e23d1673dc12e1703d'],
        ['x-acs-version', '2014-05-26'],
      ],
      bodyHash: sha256(''),
    });
    const expected = '06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0';
    expect(acs3Signature('YourAccessKeySecret', stringToSign)).toBe(expected);
  });

  it('CreateMigrateTask', () => {
    const stringToSign = acs3StringToSign({
      method: 'POST',
      path: '/',
      query: Object.entries(task),
      headers: [
        ['host', 'rds.aliyuncs.com'],
        ['x-acs-action', 'CreateMigrateTask'],
        ['x-acs-content-sha256', sha256('')],
        ['x-acs-date', frozen.Timestamp],
        ['x-acs-signature-nonce', frozen.SignatureNonce],
        ['x-acs-version', frozen.Version],
      ],
      bodyHash: sha256(''),
    });
    const expected = '46da910b5e3cf8b4e1e69519c20420e5a7b8fe7c1650519c1ce713057a5a6d62';
    expect(acs3Signature('testsecret', stringToSign)).toBe(expected);
  });
});
