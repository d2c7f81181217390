/** Inputs of all vectors. */
export const signer = {
  accessKeyId: 'EXAMPLEAK00000000001',
  secretAccessKey: 'exampleSecretKey0000000000000000000000001',
  date: '20250102T030405Z',
  now: Date.UTC(2025, 0, 2, 3, 4, 5, 678),
  host: 'drs.cn-north-4.myhuaweicloud.com',
  project: '0123456789abcdef0123456789abcdef',
} as const;

const project = signer.project;
const job = '0667845a-6291-4e2a-95b0-190c0abjb703';
const usual = {
  'Content-Type': 'application/json',
  Host: signer.host,
  'X-Project-Id': project,
  'X-Sdk-Date': signer.date,
};

/** One signature with all intermediate values, made with the vendor's signer. */
export interface SignatureVector {
  readonly title: string;
  readonly method: 'GET' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly query: readonly (readonly [string, string])[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly signedHeaders: string;
  readonly canonicalHash: string;
  readonly signature: string;
}

export const vectors: readonly SignatureVector[] = [
  {
    title: 'V1 a list with a space in a value',
    method: 'GET',
    path: `/v5/${project}/backup-migration-jobs`,
    query: [
      ['status', 'PRECHECK FAILED'],
      ['offset', '0'],
      ['limit', '10'],
    ],
    headers: usual,
    body: undefined,
    signedHeaders: 'content-type;host;x-project-id;x-sdk-date',
    canonicalHash: '05b9eeb1cb8384fcb737056dbba8eb81acc105bc6fd0b32c5fcc7dc963243a8f',
    signature: '976fef34d0182b48e303de4f71eaee15821d3566a16d774c7fbcb825ddbd6bb1',
  },
  {
    title: 'V2 a body beyond ASCII',
    method: 'PUT',
    path: `/v5/${project}/backup-migration-jobs/${job}`,
    query: [],
    headers: usual,
    body: '{"name":"nightly-01","description":"café"}',
    signedHeaders: 'content-type;host;x-project-id;x-sdk-date',
    canonicalHash: '19db4d92ce9e456d3ffc6e023e81daec37e142e542c9544b455a4de36645ba0d',
    signature: '6ad2a08a68e4b31d04b9f542f172bc32a86afb47b8c2f356000038ca085e0158',
  },
  {
    title: 'V3 no body',
    method: 'DELETE',
    path: `/v5/${project}/backup-migration-jobs/${job}`,
    query: [],
    headers: usual,
    body: undefined,
    signedHeaders: 'content-type;host;x-project-id;x-sdk-date',
    canonicalHash: '3e1dbda10347945d2ace02539ed69073b8b90a1d6120378c6df1e6c013741f28',
    signature: '1e6ffb4222bc4fc4a89650e0ca36db4a7785b233b822f53b2a8647b8ce894e87',
  },
  {
    title: 'V4 a temporary access key',
    method: 'GET',
    path: `/v5/${project}/backup-migration-jobs/${job}`,
    query: [],
    headers: { ...usual, 'X-Security-Token': 'exampleSecurityToken==' },
    body: undefined,
    signedHeaders: 'content-type;host;x-project-id;x-sdk-date;x-security-token',
    canonicalHash: '9abc015a5775cc124e8c65ea17fcde05fa3185885dca14143d934baed949258f',
    signature: '44b98694b708ba32d704c6c39f2dbd1bab25eb1bcd24585670619af1c8a92fcb',
  },
  {
    title: 'V5 the fewest headers, a repeated name, characters to encode',
    method: 'GET',
    path: `/v5/${project}/backup-migration-jobs`,
    query: [
      ['dbs_instance_ids', 'b'],
      ['dbs_instance_ids', 'a'],
      ['name', 'a b/é~*'],
    ],
    headers: { Host: signer.host, 'X-Sdk-Date': signer.date },
    body: undefined,
    signedHeaders: 'host;x-sdk-date',
    canonicalHash: 'f6395a4edfb485fd339d4a91145e91a61bfdd5876ed813db96a3baf2a63cbe25',
    signature: 'e8b33a1c366238ef951cb37796163825ee2c56ca9bf406ee4ce6ff600c2f7cc9',
  },
];
