/** Signature vectors: published by the vendor, or made by its SDKs with frozen time and nonce. */
type Parameters = readonly (readonly [name: string, value: string])[];

const rpcConstants: Parameters = [
  ['SignatureMethod', 'HMAC-SHA1'],
  ['SignatureVersion', '1.0'],
];
const dedicatedHosts: Parameters = [
  ['Action', 'DescribeDedicatedHosts'],
  ['Format', 'JSON'],
  ['RegionId', 'cn-beijing'],
  ['Version', '2014-05-26'],
  ['AccessKeyId', 'testid'],
  ['SignatureNonce', 'edb2b34af0af9a6d14deaf7c1a5315eb'],
  ['Timestamp', '2023-03-13T08:34:30Z'],
  ...rpcConstants,
];
const guideInstances = (timeName: string): Parameters => [
  ['Action', 'DescribeDBInstances'],
  ['Format', 'XML'],
  ['RegionId', 'region1'],
  ['Version', '2014-08-15'],
  ['AccessKeyId', 'testid'],
  ['SignatureNonce', 'NwDAxvLU6tFE0DVb'],
  [timeName, '2013-06-01T10:33:56Z'],
  ...rpcConstants,
];
/** Business parameters of the vectors E, F, G, J and K. */
export const createMigrateTask: Parameters = [
  ['DBInstanceId', 'rm-uf6wjk5xxxxxxx'],
  ['DBName', 'testDB'],
  ['BackupMode', 'FULL'],
  ['IsOnlineDB', 'True'],
  ['CheckDBMode', 'AsyncExecuteDBCheck'],
  ['OssObjectPositions', 'oss-cn-beijing.aliyuncs.com:atp-test-on-ecs:Migration/Test FULL~(1).bak'],
];
/** Business parameters of the vectors H and L. */
export const describeMigrateTasks: Parameters = [
  ['DBInstanceId', 'rm-uf6wjk5xxxxxxx'],
  ['StartTime', '2024-01-01T00:00Z'],
  ['EndTime', '2024-01-02T00:00Z'],
  ['PageSize', '30'],
  ['PageNumber', '1'],
];
export const frozenTime = '2024-01-02T03:04:05Z';
export const frozenNonce = 'b7e6a1c2-0000-4000-8000-00000000aa01';
const frozen = (action: string, format: string, business: Parameters, id = 'testid'): Parameters => [
  ['Action', action],
  ['Version', '2014-08-15'],
  ['Format', format],
  ['AccessKeyId', id],
  ['SignatureNonce', frozenNonce],
  ['Timestamp', frozenTime],
  ...rpcConstants,
  ...business,
];

export interface RpcVector {
  readonly name: string;
  readonly method: 'GET' | 'POST';
  readonly secret: string;
  readonly parameters: Parameters;
  readonly canonical?: string;
  readonly stringToSign?: string;
  readonly signature: string;
}

export const rpcVectors: readonly RpcVector[] = [
  {
    name: 'A: ECS DescribeRegions',
    method: 'GET',
    secret: 'testsecret',
    parameters: [
      ['Action', 'DescribeRegions'],
      ['Format', 'XML'],
      ['Version', '2014-05-26'],
      ['AccessKeyId', 'testid'],
      ['SignatureNonce', '3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf'],
      ['Timestamp', '2016-02-23T12:46:24Z'],
      ...rpcConstants,
    ],
    canonical:
      'AccessKeyId=testid&Action=DescribeRegions&Format=XML&SignatureMethod=HMAC-SHA1&SignatureNonce=3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf&SignatureVersion=1.0&Timestamp=2016-02-23T12%3A46%3A24Z&Version=2014-05-26',
    stringToSign:
      'GET&%2F&AccessKeyId%3Dtestid%26Action%3DDescribeRegions%26Format%3DXML%26SignatureMethod%3DHMAC-SHA1%26SignatureNonce%3D3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf%26SignatureVersion%3D1.0%26Timestamp%3D2016-02-23T12%253A46%253A24Z%26Version%3D2014-05-26',
    signature: 'OLeaidS1JvxuMvnyHOwuJ+uX5qY=',
  },
  {
    name: 'B: ECS DescribeDedicatedHosts',
    method: 'GET',
    secret: 'testsecret',
    parameters: dedicatedHosts,
    canonical:
      'AccessKeyId=testid&Action=DescribeDedicatedHosts&Format=JSON&RegionId=cn-beijing&SignatureMethod=HMAC-SHA1&SignatureNonce=edb2b34af0af9a6d14deaf7c1a5315eb&SignatureVersion=1.0&Timestamp=2023-03-13T08%3A34%3A30Z&Version=2014-05-26',
    stringToSign:
      'GET&%2F&AccessKeyId%3Dtestid%26Action%3DDescribeDedicatedHosts%26Format%3DJSON%26RegionId%3Dcn-beijing%26SignatureMethod%3DHMAC-SHA1%26SignatureNonce%3Dedb2b34af0af9a6d14deaf7c1a5315eb%26SignatureVersion%3D1.0%26Timestamp%3D2023-03-13T08%253A34%253A30Z%26Version%3D2014-05-26',
    signature: '9NaGiOspFP5UPcwX8Iwt2YJXXuk=',
  },
  {
    name: 'B with POST',
    method: 'POST',
    secret: 'testsecret',
    parameters: dedicatedHosts,
    signature: 'ZvQ9xGiFnquSJRvj+WE6kdSpTwU=',
  },
  {
    name: 'C: SendSms, text outside ASCII',
    method: 'GET',
    secret: 'testSecret',
    parameters: [
      ['Action', 'SendSms'],
      ['Format', 'XML'],
      ['OutId', '123'],
      ['PhoneNumbers', '15300000001'],
      ['RegionId', 'cn-hangzhou'],
      ['SignName', '阿里云短信测试专用'],
      ['TemplateCode', 'SMS_71390007'],
      ['TemplateParam', '{"customer":"test"}'],
      ['Version', '2017-05-25'],
      ['AccessKeyId', 'testId'],
      ['SignatureNonce', '45e25e9b-0a6f-4070-8c85-2956eda1b466'],
      ['Timestamp', '2017-07-12T02:42:19Z'],
      ...rpcConstants,
    ],
    signature: 'zJDF+Lrzhj/ThnlvIToysFRq6t4=',
  },
  {
    name: 'D: the RDS guide’s example with the time named as it must be',
    method: 'GET',
    secret: 'testsecret',
    parameters: guideInstances('Timestamp'),
    signature: 'jSgwMBJz7IHnP7lPLu8NeibG7Y4=',
  },
  {
    name: 'D: the RDS guide’s example with the time misnamed, which yields the printed value',
    method: 'GET',
    secret: 'testsecret',
    parameters: guideInstances('TimeStamp'),
    signature: 'BIPOMlu8LXBeZtLQkJTw6iFvw1E=',
  },
  {
    name: 'E: CreateMigrateTask by pop-core, GET',
    method: 'GET',
    secret: 'testsecret',
    parameters: frozen('CreateMigrateTask', 'JSON', createMigrateTask),
    canonical:
      'AccessKeyId=testid&Action=CreateMigrateTask&BackupMode=FULL&CheckDBMode=AsyncExecuteDBCheck&DBInstanceId=rm-uf6wjk5xxxxxxx&DBName=testDB&Format=JSON&IsOnlineDB=True&OssObjectPositions=oss-cn-beijing.aliyuncs.com%3Aatp-test-on-ecs%3AMigration%2FTest%20FULL~%281%29.bak&SignatureMethod=HMAC-SHA1&SignatureNonce=b7e6a1c2-0000-4000-8000-00000000aa01&SignatureVersion=1.0&Timestamp=2024-01-02T03%3A04%3A05Z&Version=2014-08-15',
    stringToSign:
      'GET&%2F&AccessKeyId%3Dtestid%26Action%3DCreateMigrateTask%26BackupMode%3DFULL%26CheckDBMode%3DAsyncExecuteDBCheck%26DBInstanceId%3Drm-uf6wjk5xxxxxxx%26DBName%3DtestDB%26Format%3DJSON%26IsOnlineDB%3DTrue%26OssObjectPositions%3Doss-cn-beijing.aliyuncs.com%253Aatp-test-on-ecs%253AMigration%252FTest%2520FULL~%25281%2529.bak%26SignatureMethod%3DHMAC-SHA1%26SignatureNonce%3Db7e6a1c2-0000-4000-8000-00000000aa01%26SignatureVersion%3D1.0%26Timestamp%3D2024-01-02T03%253A04%253A05Z%26Version%3D2014-08-15',
    signature: '3NKqXjUY0me7/fjZl4BlOl139UY=',
  },
  {
    name: 'F: CreateMigrateTask by pop-core, POST',
    method: 'POST',
    secret: 'testsecret',
    parameters: frozen('CreateMigrateTask', 'JSON', createMigrateTask),
    signature: 'f9tp2UOYVowyS2RL7V4a8cdwV1M=',
  },
  {
    name: 'G: CreateMigrateTask by the RDS SDK, POST',
    method: 'POST',
    secret: 'testsecret',
    parameters: frozen('CreateMigrateTask', 'json', createMigrateTask),
    signature: 'H6pcl/yewU9k0qD080j55Un8QlI=',
  },
  {
    name: 'H: DescribeMigrateTasks with a security token',
    method: 'POST',
    secret: 'testsecret',
    parameters: [
      ...frozen('DescribeMigrateTasks', 'JSON', describeMigrateTasks, 'STS.testid'),
      ['SecurityToken', 'CAIStoken+/=='],
    ],
    canonical:
      'AccessKeyId=STS.testid&Action=DescribeMigrateTasks&DBInstanceId=rm-uf6wjk5xxxxxxx&EndTime=2024-01-02T00%3A00Z&Format=JSON&PageNumber=1&PageSize=30&SecurityToken=CAIStoken%2B%2F%3D%3D&SignatureMethod=HMAC-SHA1&SignatureNonce=b7e6a1c2-0000-4000-8000-00000000aa01&SignatureVersion=1.0&StartTime=2024-01-01T00%3A00Z&Timestamp=2024-01-02T03%3A04%3A05Z&Version=2014-08-15',
    stringToSign:
      'POST&%2F&AccessKeyId%3DSTS.testid%26Action%3DDescribeMigrateTasks%26DBInstanceId%3Drm-uf6wjk5xxxxxxx%26EndTime%3D2024-01-02T00%253A00Z%26Format%3DJSON%26PageNumber%3D1%26PageSize%3D30%26SecurityToken%3DCAIStoken%252B%252F%253D%253D%26SignatureMethod%3DHMAC-SHA1%26SignatureNonce%3Db7e6a1c2-0000-4000-8000-00000000aa01%26SignatureVersion%3D1.0%26StartTime%3D2024-01-01T00%253A00Z%26Timestamp%3D2024-01-02T03%253A04%253A05Z%26Version%3D2014-08-15',
    signature: 'txZx7s5qRZULdvyI+VTC2+PdIyQ=',
  },
];

/** D2: the HMAC alone, over a given string. */
export const hmacVector = {
  secret: 'testsecret',
  stringToSign:
    'GET&%2F&AccessKeyId%3Dtestid%26Action%3DDescribeRegions%26Format%3DXML%26RegionId%3Dregion1%26SignatureMethod%3DHMAC-SHA1%26SignatureNonce%3DNwDAxvLU6tFE0DVb%26SignatureVersion%3D1.0%26TimeStamp%3D2012-12-26T10%253A33%253A56Z%26Version%3D2013-01-10',
  signature: 'axE3FUHgDyfm9/+Iep0HpZXrRwE=',
} as const;

const emptyHash = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const rdsHeaders = (action: string) => ({
  host: 'rds.aliyuncs.com',
  'x-acs-action': action,
  'x-acs-version': '2014-08-15',
  'x-acs-date': frozenTime,
  'x-acs-signature-nonce': frozenNonce,
  'x-acs-content-sha256': emptyHash,
});

export interface Acs3Vector {
  readonly name: string;
  readonly secret: string;
  readonly query: Parameters;
  readonly headers: Readonly<Record<string, string>>;
  readonly signedHeaders?: string;
  readonly canonicalRequest?: string;
  readonly hash?: string;
  readonly signature: string;
}

export const acs3Vectors: readonly Acs3Vector[] = [
  {
    name: 'I: ECS RunInstances',
    secret: 'YourAccessKeySecret',
    query: [
      ['ImageId', 'win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd'],
      ['RegionId', 'cn-shanghai'],
    ],
    headers: {
      host: 'ecs.cn-shanghai.aliyuncs.com',
      'x-acs-action': 'RunInstances',
      'x-acs-version': '2014-05-26',
      'x-acs-date': '2023-10-26T10:22:32Z',
      'x-acs-signature-nonce': '3156853299f313e23d1673dc12e1703d',
      'x-acs-content-sha256': emptyHash,
    },
    signedHeaders: 'host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version',
    hash: '7ea06492da5221eba5297e897ce16e55f964061054b7695beedaac1145b1e259',
    signature: '06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0',
  },
  {
    name: 'J: CreateMigrateTask',
    secret: 'testsecret',
    query: createMigrateTask,
    headers: rdsHeaders('CreateMigrateTask'),
    canonicalRequest: `POST
/
BackupMode=FULL&CheckDBMode=AsyncExecuteDBCheck&DBInstanceId=rm-uf6wjk5xxxxxxx&DBName=testDB&IsOnlineDB=True&OssObjectPositions=oss-cn-beijing.aliyuncs.com%3Aatp-test-on-ecs%3AMigration%2FTest%20FULL~%281%29.bak
host:rds.aliyuncs.com
x-acs-action:CreateMigrateTask
x-acs-content-sha256:${emptyHash}
x-acs-date:2024-01-02T03:04:05Z
x-acs-signature-nonce:b7e6a1c2-0000-4000-8000-00000000aa01
x-acs-version:2014-08-15

host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version
${emptyHash}`,
    hash: '9bd91e7c8b42e49d3a5edd6679cc06b2c85d58bde8b86842a56522a715da3b31',
    signature: '46da910b5e3cf8b4e1e69519c20420e5a7b8fe7c1650519c1ce713057a5a6d62',
  },
  {
    name: 'K: CreateMigrateTask as the SDK sends it',
    secret: 'testsecret',
    query: createMigrateTask,
    headers: { ...rdsHeaders('CreateMigrateTask'), 'x-acs-credentials-provider': 'static_ak' },
    signature: 'fa48a029f72abe1824fe79801d6ff2f9715c1504ecee32ca77560693625adfa0',
  },
  {
    name: 'L: DescribeMigrateTasks as the SDK sends it with a security token',
    secret: 'testsecret',
    query: describeMigrateTasks,
    headers: {
      ...rdsHeaders('DescribeMigrateTasks'),
      'x-acs-accesskey-id': 'STS.testid',
      'x-acs-security-token': 'CAIStoken+/==',
      'x-acs-credentials-provider': 'static_sts',
    },
    signature: '0cabc2af43474cb4398364de98322fd81dab5fc5eeda9d0c3f6cf77de2fe9cc1',
  },
];
