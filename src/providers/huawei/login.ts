import { Secret } from '../../domain/secret.ts';
import {
  type Account,
  type Credentials,
  type Dialogue,
  type Session,
  VendorError,
  type VendorReply,
  type VendorRequest,
  vendorFailure,
} from '../../domain/vendor.ts';
import { asObject, objectOf, objectsIn } from '../kit/json.ts';
import { configuredProject, type HuaweiPasswordCredentials, huaweiCredentials } from './account.ts';
import { instant, malformedReply, requestIdOf, text } from './reply.ts';

const hour = 3_600_000;
const tokenOperation = 'KeystoneCreateUserTokenByPassword';
const projectsOperation = 'KeystoneListProjects';

/**
 * Opens a session (IAM pages KeystoneCreateUserTokenByPassword and KeystoneListProjects). With a password it obtains a token for one
 * project. An access key signs each request and needs only the project: null if the project is configured, otherwise a lookup by region.
 */
export function login(account: Account, region: string, credentials: Credentials): Dialogue<Session> | null {
  const own = huaweiCredentials(credentials);
  if (own.method === 'password') return passwordLogin(account, region, own);
  return configuredProject(account, region) === null ? projectLookup(region) : null;
}

/**
 * The request for a token that is scoped to one project or to the whole account. The response has the token in the header
 * `X-Subject-Token`.
 */
export function tokenRequest(
  { accountName, userName, password }: HuaweiPasswordCredentials,
  scope: Readonly<Record<string, object>>,
): VendorRequest {
  const user = { name: userName, password: password.reveal(), domain: { name: accountName } };
  return {
    operation: tokenOperation,
    service: 'iam',
    // The call has no effect at the vendor: a second token leaves the first valid.
    effect: 'read',
    method: 'POST',
    path: '/v3/auth/tokens',
    query: [['nocatalog', 'true']],
    headers: {},
    body: { auth: { identity: { methods: ['password'], password: { user } }, scope } },
  };
}

/** The token in a response to `tokenRequest`. Throws `VendorError` of kind `malformed` if there is none. */
export function tokenIn(reply: VendorReply): string {
  const token = text(reply.headers['x-subject-token']);
  if (token === null) throw malformedReply(tokenOperation, reply, 'the header X-Subject-Token is missing');
  return token;
}

function* passwordLogin(account: Account, region: string, credentials: HuaweiPasswordCredentials): Dialogue<Session> {
  const project = configuredProject(account, region);
  const reply = yield tokenRequest(credentials, { project: project === null ? { name: region } : { id: project } });
  const token = asObject(objectOf(reply)?.token);
  const subject = tokenIn(reply);
  const projectId = text(asObject(token?.project)?.id) ?? project;
  if (projectId === null) throw malformedReply(tokenOperation, reply, 'the token contains no project');
  return {
    token: new Secret(subject),
    projectId,
    // Tokens are valid for 24 hours. If the expiry cannot be parsed, one hour is assumed.
    expiresAt: instant(token?.expires_at) ?? reply.receivedAt + hour,
  };
}

function* projectLookup(region: string): Dialogue<Session> {
  const reply = yield {
    operation: projectsOperation,
    service: 'iam',
    effect: 'read',
    method: 'GET',
    path: '/v3/projects',
    query: [['name', region]],
    headers: {},
    body: undefined,
  };
  const body = objectOf(reply);
  if (!Array.isArray(body?.projects)) throw malformedReply(projectsOperation, reply, 'the list of projects is missing');
  const ids = objectsIn(body.projects)
    .filter((project) => project.name === region && project.enabled !== false)
    .map((project) => text(project.id))
    .filter((id) => id !== null);
  const [projectId, ...others] = ids;
  if (projectId === undefined || others.length > 0) throw ambiguousProject(region, ids.length, reply);
  return { token: null, projectId, expiresAt: reply.receivedAt + 24 * hour };
}

function ambiguousProject(region: string, found: number, reply: VendorReply): VendorError {
  const seen = found === 0 ? 'no enabled project' : `${found} projects`;
  return new VendorError(
    vendorFailure({
      kind: 'unauthenticated',
      detail:
        `The access key sees ${seen} named ${region} at Huawei Cloud, so the project is ambiguous. ` +
        'Open the region for the account once in the console, or set `projectId` on the account.',
      provider: {
        name: 'huawei',
        operation: projectsOperation,
        requestId: requestIdOf(reply, objectOf(reply)),
        httpStatus: reply.httpStatus,
      },
    }),
  );
}
