import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}
interface Told {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/**
 * STS, IAM and metadata services of the three vendors behind one address. They enforce everything that the vendors
 * document.
 */
export interface Issuers {
  readonly url: string;
  /** Requested paths in order. */
  readonly asked: string[];
  /** The values of the next answers. */
  readonly conditions: {
    /** The only accepted identity token. */
    token: string;
    /** The previous token, while it is valid. */
    formerToken: string | null;
    password: string;
    lifeMs: number;
    /** Whether the machine has a role, and which forms of metadata it offers. */
    role: string | null;
    hardened: boolean;
    plain: boolean;
    /** Lead of the services' clock, in milliseconds. */
    clockMs: number;
    /** Replaces every answer. */
    broken: Told | null;
  };
  /** Number of issued keys, which is part of the newest key's id. */
  issued(): number;
  close(): Promise<void>;
}

export const roles = {
  alibaba: 'acs:ram::1234567890:role/godwit',
  alibabaProvider: 'acs:ram::1234567890:oidc-provider/cluster',
  tencent: 'qcs::cam::uin/100000000001:roleName/godwit',
  tencentProvider: 'cls-12345678',
  huaweiIdp: 'cce-idp',
  accessKey: { id: 'DELEGATEKEY000000001', secret: 'delegate-secret' },
} as const;

const metadataToken = 'metadata-session-token';
const iamToken = 'MIIdomain-or-project-token';

export async function startIssuers(): Promise<Issuers> {
  let issued = 0;
  const asked: string[] = [];
  const conditions: Issuers['conditions'] = {
    token: 'token-1',
    formerToken: null,
    password: 'right',
    lifeMs: 3_600_000,
    role: 'godwit-role',
    hardened: true,
    plain: true,
    clockMs: 0,
    broken: null,
  };
  const now = () => Date.now() + conditions.clockMs;
  const end = () => new Date(now() + conditions.lifeMs);
  const iso = () => end().toISOString().replace(/\.\d+/, '');
  const next = () => {
    issued++;
    return { id: `KEY${issued}`, secret: `secret-${issued}`, token: `session-${issued}` };
  };

  const routes: Readonly<Record<string, (request: Asked) => Told>> = {
    'POST /alibaba/': (request) => {
      const form = new URLSearchParams(request.text);
      const fault = (code: string, status: number): Told => ({
        status,
        body: { RequestId: 'R-1', Code: code, Message: `${code} for ${form.get('OIDCToken')}`, HostId: 'sts' },
      });
      if (request.headers['content-type'] !== 'application/x-www-form-urlencoded')
        return fault('UnsupportedContentType', 400);
      if (request.headers.authorization !== undefined || request.query.has('Signature'))
        return fault('IncompleteSignature', 400);
      const { Action, Version, Format, Timestamp, ...extra } = Object.fromEntries(request.query);
      if (Action !== 'AssumeRoleWithOIDC' || Version !== '2015-04-01' || Format !== 'JSON')
        return fault('InvalidAction.NotFound', 404);
      if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(Timestamp ?? '')) return fault('InvalidTimeStamp.Format', 400);
      if (Object.keys(extra).length > 0) return fault('InvalidParameter', 400);
      if (form.get('RoleArn') !== roles.alibaba || form.get('OIDCProviderArn') !== roles.alibabaProvider)
        return fault('AuthenticationFail.NoPermission', 401);
      if (!/^[A-Za-z0-9.@_-]{2,64}$/.test(form.get('RoleSessionName') ?? ''))
        return fault('InvalidParameter.RoleSessionName', 400);
      if (!(Number(form.get('DurationSeconds')) >= 900)) return fault('InvalidParameter.DurationSeconds', 400);
      if (form.get('OIDCToken') !== conditions.token) return fault('AuthenticationFail.OIDCToken.Expired', 401);
      const { id, secret, token } = next();
      const Credentials = { AccessKeyId: id, AccessKeySecret: secret, SecurityToken: token, Expiration: iso() };
      return { status: 200, body: { RequestId: 'R-1', Credentials } };
    },
    'POST /tencent/': (request) => {
      const fault = (Code: string): Told => ({
        status: 200,
        body: { Response: { Error: { Code, Message: `${Code}: ${request.text}` }, RequestId: 'R-2' } },
      });
      const { headers } = request;
      if (headers.authorization !== 'SKIP' || headers['x-tc-token'] !== undefined)
        return fault('AuthFailure.InvalidAuthorization');
      if (headers['x-tc-action'] !== 'AssumeRoleWithWebIdentity' || headers['x-tc-version'] !== '2018-08-13')
        return fault('InvalidAction');
      if (headers['x-tc-region'] === undefined || !/^\d{10}$/.test(String(headers['x-tc-timestamp'])))
        return fault('MissingParameter');
      if (headers['content-type'] !== 'application/json') return fault('InvalidRequest');
      const { ProviderId, WebIdentityToken, RoleArn, RoleSessionName, DurationSeconds, ...extra } = JSON.parse(
        request.text,
      );
      if (Object.keys(extra).length > 0) return fault('UnknownParameter');
      if (ProviderId !== roles.tencentProvider || RoleArn !== roles.tencent || !RoleSessionName)
        return fault('InvalidParameter.RoleArnError');
      if (typeof DurationSeconds !== 'number' || DurationSeconds > 43_200) return fault('InvalidParameter');
      if (WebIdentityToken !== conditions.token && WebIdentityToken !== conditions.formerToken)
        return fault('InvalidParameter.WebIdentityTokenError');
      const { id, secret, token } = next();
      const Credentials = { TmpSecretId: id, TmpSecretKey: secret, Token: token };
      const ExpiredTime = Math.floor(end().getTime() / 1000);
      return { status: 200, body: { Response: { Credentials, ExpiredTime, Expiration: iso(), RequestId: 'R-2' } } };
    },
    'POST /huawei/v3.0/OS-AUTH/id-token/tokens': (request) => {
      const { auth } = JSON.parse(request.text);
      if (request.headers['x-idp-id'] !== roles.huaweiIdp) return iamFault(404, 'IAM.0004', 'no such provider');
      if (auth.scope?.project === undefined) return iamFault(400, 'IAM.0011', 'no scope');
      if (auth.id_token?.id !== conditions.token) return iamFault(401, 'IAM.0001', `bad token ${auth.id_token?.id}`);
      return token(iamToken);
    },
    'POST /huawei/v3/auth/tokens': (request) => {
      const { identity, scope } = JSON.parse(request.text).auth;
      const { user } = identity.password;
      if (request.query.get('nocatalog') !== 'true' || scope.domain?.name !== 'acme')
        return { status: 400, body: { error: { code: 400, message: 'The request body is invalid', title: 'Bad' } } };
      if (user.password !== conditions.password || user.domain.name !== 'acme')
        return {
          status: 401,
          body: { error: { code: 401, message: 'The username or password is wrong.', title: 'Unauthorized' } },
        };
      return token(iamToken);
    },
    'POST /huawei/v3.0/OS-CREDENTIAL/securitytokens': (request) => {
      const { identity } = JSON.parse(request.text).auth;
      if (!isEntitled(request)) return iamFault(401, 'IAM.0001', 'not entitled');
      const [method] = identity.methods;
      const seconds = identity[method]?.duration_seconds;
      if (!(seconds >= 900 && seconds <= 86_400)) return iamFault(400, 'IAM.0011', 'duration');
      if (method === 'assume_role' && identity.assume_role.domain_name !== 'owner')
        return iamFault(403, 'IAM.0002', 'no agency');
      if (method !== 'assume_role' && method !== 'token') return iamFault(400, 'IAM.0011', 'method');
      return { status: 201, body: { credential: huaweiKey() } };
    },
    'PUT /huawei-metadata/meta-data/latest/api/token': ({ headers }) =>
      conditions.hardened && headers['x-metadata-token-ttl-seconds'] === '21600'
        ? { status: 200, body: metadataToken }
        : { status: 404, body: '' },
    'GET /huawei-metadata/openstack/latest/securitykey': ({ headers }) => {
      if (conditions.hardened && headers['x-metadata-token'] !== metadataToken) return { status: 403, body: '' };
      if (conditions.role === null) return { status: 401, body: 'Please configure Cloud Service Agency first' };
      return { status: 200, body: { credential: huaweiKey() } };
    },
    'POST /huawei-pod/credentials': ({ headers, text }) => {
      if (headers.authorization !== conditions.token || text !== '{}') return { status: 401, body: {} };
      const { id, secret, token: securityToken } = next();
      const expiration = end().toISOString();
      return {
        status: 200,
        body: { credentials: { accessKeyId: id, secretAccessKey: secret, securityToken, expiration } },
      };
    },
    'PUT /alibaba-metadata/latest/api/token': ({ headers }) =>
      conditions.hardened && headers['x-aliyun-ecs-metadata-token-ttl-seconds'] === '21600'
        ? { status: 200, body: metadataToken }
        : { status: 404, body: '' },
    'GET /alibaba-metadata/latest/meta-data/ram/security-credentials/': (request) =>
      alibabaMetadata(request) ?? { status: 200, body: `${conditions.role}\n` },
    'GET /alibaba-metadata/latest/meta-data/ram/security-credentials/godwit-role': (request) => {
      const refusal = alibabaMetadata(request);
      if (refusal !== null) return refusal;
      const { id, secret, token: SecurityToken } = next();
      const Expiration = iso();
      return {
        status: 200,
        body: { Code: 'Success', AccessKeyId: id, AccessKeySecret: secret, SecurityToken, Expiration },
      };
    },
    'GET /tencent-metadata/latest/meta-data/cam/security-credentials/': () =>
      conditions.role === null ? { status: 404, body: 'not found' } : { status: 200, body: conditions.role },
    'GET /tencent-metadata/latest/meta-data/cam/security-credentials/godwit-role': () => {
      const { id, secret, token: Token } = next();
      const ExpiredTime = Math.floor(end().getTime() / 1000);
      return {
        status: 200,
        body: { TmpSecretId: id, TmpSecretKey: secret, Token, ExpiredTime, Expiration: iso(), Code: 'Success' },
      };
    },
  };

  function alibabaMetadata({ headers }: Asked): Told | null {
    const withToken = conditions.hardened && headers['x-aliyun-ecs-metadata-token'] === metadataToken;
    if (!withToken && !conditions.plain) return { status: 403, body: 'forbidden' };
    return conditions.role === null ? { status: 404, body: '' } : null;
  }
  function huaweiKey() {
    const { id, secret, token: securitytoken } = next();
    return { access: id, secret, securitytoken, expires_at: `${end().toISOString().slice(0, -1)}000Z` };
  }
  function token(value: string): Told {
    return { status: 201, headers: { 'X-Subject-Token': value }, body: { token: { expires_at: end().toISOString() } } };
  }
  function iamFault(status: number, error_code: string, error_msg: string): Told {
    return { status, body: { error_code, error_msg } };
  }
  /**
   * Whether a request has the token, or a signature over exactly the headers that it names. Shares no code with the
   * signer.
   */
  function isEntitled({ headers, method, path, text }: Asked): boolean {
    if (headers['x-auth-token'] !== undefined) return headers['x-auth-token'] === iamToken;
    const parts = /^SDK-HMAC-SHA256 Access=(\S+), SignedHeaders=(\S+), Signature=(\w{64})$/.exec(
      headers.authorization ?? '',
    );
    if (parts?.[1] !== roles.accessKey.id) return false;
    const names = (parts[2] ?? '').split(';');
    const canonical = [
      method,
      // The service does not know its prefix at the emulator.
      `${path.replace('/huawei', '')}/`,
      '',
      ...names.map((name) => `${name}:${headers[name]}`),
      '',
      names.join(';'),
      sha256(text),
    ].join('\n');
    const toSign = ['SDK-HMAC-SHA256', headers['x-sdk-date'], sha256(canonical)].join('\n');
    return createHmac('sha256', roles.accessKey.secret).update(toSign).digest('hex') === parts[3];
  }

  const server = createServer(async (incoming, outgoing) => {
    let text = '';
    for await (const chunk of incoming) text += chunk;
    const url = new URL(incoming.url ?? '/', 'http://issuers');
    asked.push(`${incoming.method} ${url.pathname}`);
    const request = {
      method: incoming.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: incoming.headers,
      text,
    };
    const route = routes[`${incoming.method} ${url.pathname}`];
    const told = conditions.broken ?? route?.(request) ?? { status: 404, body: 'no such route' };
    outgoing.writeHead(told.status, { date: new Date(now()).toUTCString(), ...told.headers });
    outgoing.end(typeof told.body === 'string' ? told.body : JSON.stringify(told.body));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    conditions,
    issued: () => issued,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
