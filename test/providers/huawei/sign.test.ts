import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../../src/domain/secret.ts';
import type { Session, SigningContext, VendorRequest } from '../../../src/domain/vendor.ts';
import { authorization, canonicalRequest, sdkDate, sign } from '../../../src/providers/huawei/sign.ts';
import { signer, vectors } from '../../vectors/huawei.ts';
import { account, failureIn, keyCredentials, passwordCredentials, projectId } from './fixtures.ts';

const listing: VendorRequest = {
  operation: 'ListReplicationJobs',
  service: 'drs',
  effect: 'read',
  method: 'GET',
  path: '/v5/{project_id}/backup-migration-jobs',
  query: [['name', 'a b']],
  headers: {},
  body: undefined,
};
const session: Session = { token: new Secret('MII-token'), projectId, expiresAt: signer.now + 1 };
const context: SigningContext = {
  account,
  region: account.region,
  credentials: passwordCredentials,
  session,
  endpoint: 'https://drs.ap-southeast-3.myhuaweicloud.com',
  now: signer.now,
  nonce: 'unused',
};

describe('SDK-HMAC-SHA256', () => {
  it.each(vectors)('$title', (vector) => {
    const canonical = canonicalRequest(vector);
    expect(createHash('sha256').update(canonical).digest('hex')).toBe(vector.canonicalHash);
    expect(authorization(vector, signer.date, keyCredentials)).toBe(
      `SDK-HMAC-SHA256 Access=${signer.accessKeyId}, SignedHeaders=${vector.signedHeaders}, Signature=${vector.signature}`,
    );
  });

  it('writes the date in the only format the gateway accepts', () => {
    expect(sdkDate(signer.now)).toBe(signer.date);
  });

  it.each(vectors.filter((vector) => vector.signedHeaders.includes('content-type')))(
    'sign() reaches the same signature from a request: $title',
    (vector) => {
      const securityToken = vector.headers['X-Security-Token'];
      const signed = sign(
        {
          ...listing,
          method: vector.method,
          path: vector.path.replace(signer.project, '{project_id}'),
          query: vector.query,
          body: vector.body === undefined ? undefined : JSON.parse(vector.body),
        },
        {
          ...context,
          session: { token: null, projectId: signer.project, expiresAt: signer.now },
          credentials: {
            ...keyCredentials,
            ...(securityToken === undefined ? {} : { securityToken: new Secret(securityToken) }),
          },
          endpoint: `https://${signer.host}`,
        },
      );
      expect(signed.headers.Authorization).toContain(`SignedHeaders=${vector.signedHeaders}, `);
      expect(signed.headers.Authorization).toContain(`Signature=${vector.signature}`);
      expect(signed.headers['X-Security-Token']).toBe(securityToken);
      expect(signed.body).toBe(vector.body);
    },
  );

  it('signs the dialled host with its port', () => {
    const at = (endpoint: string) =>
      sign(listing, { ...context, credentials: keyCredentials, endpoint }).headers.Authorization;
    expect(at('https://drs.example.com:443')).toBe(at('https://drs.example.com'));
    expect(at('http://127.0.0.1:9001')).not.toBe(at('http://127.0.0.1:9002'));
    const vector = { ...listing, path: `/v5/${projectId}/backup-migration-jobs` };
    const headers = {
      'content-type': 'application/json',
      host: '127.0.0.1:9001',
      'x-project-id': projectId,
      'x-sdk-date': signer.date,
    };
    expect(at('http://127.0.0.1:9001')).toBe(
      authorization({ ...vector, headers, body: undefined }, signer.date, keyCredentials),
    );
  });
});

describe('sign', () => {
  it('sends the token, the language and an exact content type, and fills in the project', () => {
    expect(sign(listing, context)).toEqual({
      method: 'GET',
      url: `https://drs.ap-southeast-3.myhuaweicloud.com/v5/${projectId}/backup-migration-jobs?name=a%20b`,
      headers: { 'Content-Type': 'application/json', 'X-Language': 'en-us', 'X-Auth-Token': 'MII-token' },
      body: undefined,
    });
  });

  it('prefers the session’s project to the configured one', () => {
    const configured = { ...account, projectId: 'f'.repeat(32) };
    expect(sign(listing, { ...context, account: configured }).url).toContain(projectId);
    const keys = { ...context, account: configured, credentials: keyCredentials, session: null };
    expect(sign(listing, keys).url).toContain('f'.repeat(32));
    expect(sign(listing, keys).headers['X-Project-Id']).toBe('f'.repeat(32));
  });

  it('ignores the configured project in another region', () => {
    const keys = {
      ...context,
      account: { ...account, projectId },
      credentials: keyCredentials,
      session: null,
      region: 'cn-north-4',
    };
    expect(failureIn(() => sign(listing, keys))).toMatchObject({ kind: 'unauthenticated' });
  });

  it('signs a login request without session: no token, no project', () => {
    const login = { ...listing, service: 'iam', method: 'POST', path: '/v3/auth/tokens', body: { auth: {} } } as const;
    const signed = sign(login, { ...context, session: null, endpoint: 'https://iam.myhuaweicloud.com/' });
    expect(signed.headers).toEqual({ 'Content-Type': 'application/json', 'X-Language': 'en-us' });
    expect(signed.url).toBe('https://iam.myhuaweicloud.com/v3/auth/tokens?name=a%20b');
    expect(sign(login, context).headers['X-Auth-Token']).toBeUndefined();
  });

  it('looks up the project with an access key while it is unknown', () => {
    const lookup = { ...listing, service: 'iam', path: '/v3/projects' };
    const signed = sign(lookup, { ...context, credentials: keyCredentials, session: null });
    expect(signed.headers['X-Project-Id']).toBeUndefined();
    expect(signed.headers.Authorization).toContain('SignedHeaders=content-type;host;x-sdk-date, ');
  });

  it('explains a request that cannot be signed yet', () => {
    expect(failureIn(() => sign(listing, { ...context, session: null }))).toMatchObject({
      kind: 'unauthenticated',
      code: 'provider_auth_failed',
    });
    expect(failureIn(() => sign(listing, { ...context, session: { ...session, token: null } }))).toMatchObject({
      kind: 'unauthenticated',
    });
  });

  it('sends exactly the signed body, and none with a read', () => {
    const signed = sign({ ...listing, method: 'POST', body: { name: 'café' } }, context);
    expect(signed.body).toBe('{"name":"café"}');
    expect(sign(listing, context).body).toBeUndefined();
  });
});
