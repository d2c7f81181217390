import { describe, expect, it } from 'vitest';
import type { HuaweiAccount } from '../../../src/providers/huawei/account.ts';
import { login } from '../../../src/providers/huawei/login.ts';
import { account, failureIn, keyCredentials, now, passwordCredentials, projectId, reply, run } from './fixtures.ts';

const issued = {
  token: {
    methods: ['password'],
    expires_at: '2026-03-02T10:00:00.965000Z',
    catalog: [],
    project: { id: projectId, name: 'ap-southeast-3', domain: { id: 'd', name: 'acme' } },
    user: { id: 'u', name: 'svc-migrate', password_expires_at: '' },
  },
};
const token = 'MII'.padEnd(20_000, 'x');
const open = (configured = account, region = 'ap-southeast-3') => {
  const dialogue = login(configured, region, passwordCredentials);
  if (dialogue === null) throw new Error('no dialogue');
  return dialogue;
};
const lookup = (region = 'ap-southeast-3') => {
  const dialogue = login(account, region, keyCredentials);
  if (dialogue === null) throw new Error('no dialogue');
  return dialogue;
};

describe('login with a password', () => {
  it('requests a token for the region’s project and takes the project id from the body', () => {
    const { result, requests } = run(open(), () => reply(issued, 201, { 'x-subject-token': token }));
    expect(requests).toEqual([
      {
        operation: 'KeystoneCreateUserTokenByPassword',
        service: 'iam',
        effect: 'read',
        method: 'POST',
        path: '/v3/auth/tokens',
        query: [['nocatalog', 'true']],
        headers: {},
        body: {
          auth: {
            identity: {
              methods: ['password'],
              password: { user: { name: 'svc-migrate', password: 'correct horse', domain: { name: 'acme' } } },
            },
            scope: { project: { name: 'ap-southeast-3' } },
          },
        },
      },
    ]);
    expect(result.token?.reveal()).toBe(token);
    expect(result.projectId).toBe(projectId);
    expect(result.expiresAt).toBe(Date.UTC(2026, 2, 2, 10, 0, 0, 965));
    expect(JSON.stringify(result)).not.toContain('MIIx');
  });

  it('uses the configured project in the account’s region and the region’s name elsewhere', () => {
    const configured = { ...account, projectId };
    const scopeOf = (region: string) => {
      const { requests } = run(open(configured, region), () => reply(issued, 201, { 'x-subject-token': token }));
      return requests[0]?.body;
    };
    expect(scopeOf('ap-southeast-3')).toMatchObject({ auth: { scope: { project: { id: projectId } } } });
    expect(scopeOf('cn-north-4')).toMatchObject({ auth: { scope: { project: { name: 'cn-north-4' } } } });
  });

  it.each([
    ['no token in the headers', reply(issued, 201)],
    ['no project', reply({ token: {} }, 201, { 'x-subject-token': token })],
  ])('treats a reply with %s as malformed', (_title, answer) => {
    expect(failureIn(() => run(open(), () => answer)).kind).toBe('malformed');
  });

  it.each([[''], [null], ['soon'], ['2026-13-45T99:99:99Z']])(
    'expires early when the token’s end time is unreadable',
    (end) => {
      const body = { token: { ...issued.token, expires_at: end } };
      const { result } = run(open(), () => reply(body, 201, { 'x-subject-token': token }));
      expect(result.expiresAt).toBe(now + 3_600_000);
    },
  );

  it('reports a wrong password as not retryable', () => {
    const wrong = { error: { code: 401, message: 'The username or password is wrong.', title: 'Unauthorized' } };
    expect(failureIn(() => run(open(), () => reply(wrong, 401)))).toMatchObject({
      kind: 'unauthenticated',
      code: 'provider_auth_failed',
      retryable: false,
    });
  });
});

const inProject: HuaweiAccount = { ...account, projectId };

describe('login with an access key', () => {
  it('is unnecessary when the project is configured', () => {
    expect(login(inProject, account.region, keyCredentials)).toBeNull();
    expect(login(inProject, 'cn-north-4', keyCredentials)).not.toBeNull();
  });

  it('finds the region’s project among all listed ones', () => {
    const projects = [
      { id: 'other', name: 'ap-southeast-3_dev', enabled: true },
      { id: 'old', name: 'ap-southeast-3', enabled: false },
      { id: projectId, name: 'ap-southeast-3', enabled: true },
      null,
    ];
    const { result, requests } = run(lookup(), () => reply({ projects, links: {} }));
    expect(requests).toMatchObject([{ service: 'iam', method: 'GET', path: '/v3/projects', effect: 'read' }]);
    expect(requests[0]?.query).toEqual([['name', 'ap-southeast-3']]);
    expect(result).toEqual({ token: null, projectId, expiresAt: now + 86_400_000 });
  });

  it.each([
    ['none', []],
    ['several', [1, 2].map((n) => ({ id: `p${n}`, name: 'ap-southeast-3', enabled: true }))],
  ])('explains what to configure when it finds %s', (_title, projects) => {
    const failure = failureIn(() => run(lookup(), () => reply({ projects })));
    expect(failure).toMatchObject({ kind: 'unauthenticated', code: 'provider_auth_failed', retryable: false });
    expect(failure.detail).toContain('projectId');
  });

  it('does not treat a reply without a list as an empty list', () => {
    expect(failureIn(() => run(lookup(), () => reply({}))).kind).toBe('malformed');
  });
});
