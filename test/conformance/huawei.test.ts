import { AKSKSigner } from '@huaweicloud/huaweicloud-sdk-core/auth/AKSKSigner.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../src/domain/secret.ts';
import type { SigningContext, VendorRequest } from '../../src/domain/vendor.ts';
import { huawei } from '../../src/providers/huawei/index.ts';
import { account, backup, instanceBackup, keyCredentials, migration } from '../providers/huawei/fixtures.ts';
import { signer } from '../vectors/huawei.ts';

const endpoint = `https://${signer.host}`;
const context: SigningContext = {
  account,
  region: account.region,
  credentials: keyCredentials,
  session: { token: null, projectId: signer.project, expiresAt: signer.now },
  endpoint,
  now: signer.now,
  nonce: 'unused',
};

/** The official signer's result for the same request. */
function official(request: VendorRequest, securityToken?: string): string {
  const query = new Map<string, string[]>();
  for (const [name, value] of request.query) query.set(name, [...(query.get(name) ?? []), value]);
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'X-Project-Id': signer.project,
    'X-Sdk-Date': signer.date,
    ...(securityToken === undefined ? {} : { 'X-Security-Token': securityToken }),
  };
  const path = request.path.replace('{project_id}', signer.project);
  const credential = {
    getAk: () => signer.accessKeyId,
    getSk: () => signer.secretAccessKey,
    processAuthRequest: () => Promise.reject(new Error('not used')),
    processAuthParams: () => Promise.reject(new Error('not used')),
  };
  const signed: { Authorization?: string } = AKSKSigner.sign(
    {
      endpoint: `${endpoint}${path}`,
      method: request.method,
      queryParams: Object.fromEntries(query),
      headers,
      data: request.body,
    },
    credential,
  );
  return signed.Authorization ?? '';
}

const [create] = huawei.plan('restore', migration(), backup());
const build = (changes: Parameters<typeof migration>[0], each = backup()) =>
  create?.build({ account, migration: migration(changes), backup: each, open: (url) => url.display });

const read = (path: string, query: VendorRequest['query'] = []): VendorRequest => ({
  operation: 'Read',
  service: 'drs',
  effect: 'read',
  method: 'GET',
  path,
  query,
  headers: {},
  body: undefined,
});

const requests: readonly (readonly [string, VendorRequest | undefined])[] = [
  [
    'a create with text beyond ASCII',
    build({
      description: 'café 数据库 🚚',
      target: { instanceId: 'x', overwrite: true, databases: [{ name: 'Bestände_数据' }] },
    }),
  ],
  [
    'a create from a backup of an instance',
    build(
      { target: { instanceId: 'x', overwrite: false, databases: [{ name: 'a', restoreAs: 'b' }] } },
      backup({ source: instanceBackup }),
    ),
  ],
  ['a log backup', build({ mode: 'full_log' }, backup({ type: 'log', final: true }))],
  ['a job', read('/v5/{project_id}/backup-migration-jobs/3f1c2b7a-90de-4c11-8a52-77c0d1ejb703')],
  [
    'a list',
    read('/v5/{project_id}/backup-migration-jobs', [
      ['sort_key', 'created_at'],
      ['limit', '100'],
      ['offset', '0'],
      ['name', "it's (a) *test*!"],
    ]),
  ],
  ['projects', read('/v3/projects', [['name', 'ap-southeast-3']])],
];

describe('the signature against the official SDK’s signer', () => {
  it.each(requests)('agrees on %s', (_title, request) => {
    if (request === undefined) throw new Error('no request');
    expect(huawei.sign(request, context).headers.Authorization).toBe(official(request));
  });

  it('agrees with a temporary access key', () => {
    const request = read('/v5/{project_id}/backup-migration-jobs');
    const credentials = { ...keyCredentials, securityToken: new Secret('exampleSecurityToken==') };
    expect(huawei.sign(request, { ...context, credentials }).headers.Authorization).toBe(
      official(request, 'exampleSecurityToken=='),
    );
  });

  it('agrees on any query and body', () => {
    const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter((text) => text.isWellFormed());
    fc.assert(
      fc.property(
        fc.array(fc.tuple(word, word), { maxLength: 6 }),
        fc.dictionary(word, word, { minKeys: 1 }),
        (query, body) => {
          const request: VendorRequest = {
            ...read('/v5/{project_id}/backup-migration-jobs', query),
            method: 'POST',
            body,
          };
          expect(huawei.sign(request, context).headers.Authorization).toBe(official(request));
        },
      ),
      { numRuns: 200 },
    );
  });
});
