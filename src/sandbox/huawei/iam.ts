import { createHash } from 'node:crypto';
import type { SandboxResponse } from '../cloud.ts';
import { temporaryKey } from '../object-store/signatures.ts';
import { account, type Project, projects } from './account.ts';
import { tokenDigest } from './gateway.ts';
import { firstValue, numberOf, type Query } from './query.ts';
import { type Failure, failureReply, iamFailure, jsonReply } from './reply.ts';
import type { Context } from './state.ts';

const minute = 60_000;
const tokenLifeMs = 24 * 60 * minute;
const failuresAllowed = 5;
const failureWindowMs = 15 * minute;
const lockMs = 15 * minute;

interface ScopeTarget {
  readonly id?: string;
  readonly name?: string;
}

/** The body of a password login. It conforms to its schema. */
export interface PasswordLogin {
  readonly auth: {
    readonly identity: {
      readonly password: {
        readonly user: { readonly name: string; readonly password: string; readonly domain: { readonly name: string } };
      };
    };
    readonly scope?: { readonly project?: ScopeTarget; readonly domain?: ScopeTarget };
  };
}

/**
 * Obtaining a User Token Through Password Authentication page. Five wrong passwords within 15 minutes lock the user for 15 minutes (login
 * authentication policy). A project scope overrides a domain scope. Without a scope the token is for the whole account.
 */
export function createToken(
  context: Context,
  body: PasswordLogin,
  nocatalog: boolean,
  tokenLength: number,
): SandboxResponse {
  const refusal = checkPassword(context, body);
  if (refusal !== null) return failureReply(context.requestId, refusal);
  const scope = findScope(body);
  if (scope === null) {
    return failureReply(context.requestId, iamFailure(404, 'The requested resource could not be found.'));
  }
  const { state, now } = context;
  for (const [digest, grant] of Object.entries(state.tokens)) if (grant.expiresAt <= now) delete state.tokens[digest];
  const token = opaqueToken(context.environment.uuid(), tokenLength);
  const expiresAt = now + tokenLifeMs;
  state.tokens[tokenDigest(token)] = { projectId: scope.project?.id ?? null, expiresAt };

  const { domain, user } = account;
  const answer = {
    token: {
      methods: ['password'],
      issued_at: microsecondTime(now),
      expires_at: microsecondTime(expiresAt),
      catalog: nocatalog ? [] : catalog(scope.project),
      roles: [{ id: '0', name: 'te_admin' }],
      ...(scope.project === null ? { domain } : { project: { ...scope.project, domain } }),
      user: { id: user.id, name: user.name, password_expires_at: '', domain },
    },
  };
  return jsonReply(context.requestId, 201, answer, {
    'X-Subject-Token': token,
    'X-IAM-Trace-Id': `token_${context.requestId}`,
  });
}

function checkPassword({ state, now }: Context, body: PasswordLogin): Failure | null {
  const { name, password, domain } = body.auth.identity.password.user;
  const wrong = iamFailure(401, 'The username or password is wrong.');
  // No user has this name, so no user is locked.
  if (name !== account.user.name || domain.name !== account.domain.name) return wrong;
  if (now < state.login.lockedUntil) {
    return { layer: 'iam', status: 401, code: 'IAM.0061', message: 'The account is locked.' };
  }
  if (password === account.user.password) {
    state.login = { failures: [], lockedUntil: 0 };
    return null;
  }
  const failures = [...state.login.failures.filter((at) => now - at < failureWindowMs), now];
  state.login =
    failures.length >= failuresAllowed ? { failures: [], lockedUntil: now + lockMs } : { failures, lockedUntil: 0 };
  return wrong;
}

function findScope(body: PasswordLogin): { readonly project: Project | null } | null {
  const { project: wanted, domain } = body.auth.scope ?? {};
  if (wanted !== undefined) {
    const project = projects.find((candidate) => matches(wanted, candidate));
    return project === undefined ? null : { project };
  }
  return domain === undefined || matches(domain, account.domain) ? { project: null } : null;
}

function matches(wanted: ScopeTarget, candidate: { readonly id: string; readonly name: string }): boolean {
  return (
    (wanted.id === undefined || wanted.id === candidate.id) &&
    (wanted.name === undefined || wanted.name === candidate.name)
  );
}

/** A token of realistic form and length, because real tokens exceed the header limits of many clients. */
function opaqueToken(seed: string, length: number): string {
  let text = 'MII';
  for (let block = 0; text.length < length; block++) {
    text += createHash('sha512').update(`${seed} ${block}`).digest('base64').replaceAll('=', '');
  }
  return text.slice(0, length);
}

function catalog(project: Project | null): readonly object[] {
  const region = project?.name ?? '*';
  return ['drs', 'iam', 'obs', 'rds'].map((name) => ({
    name,
    type: name,
    id: name,
    endpoints: [
      { id: `${name}-public`, interface: 'public', region, region_id: region, url: `https://${name}.${region}` },
    ],
  }));
}

/** The body of a request for a temporary access key. It conforms to its schema. */
export interface TemporaryKeyRequest {
  readonly auth: { readonly identity: { readonly token?: { readonly duration_seconds?: number } } };
}

/** Obtaining a Temporary AK/SK and security token page. The key is valid for 15 minutes unless the request specifies another duration. */
export function createTemporaryKey({ now, requestId }: Context, { auth }: TemporaryKeyRequest): SandboxResponse {
  const expiresAt = now + (auth.identity.token?.duration_seconds ?? 900) * 1000;
  const { access, secret, token } = temporaryKey(expiresAt);
  const credential = { access, secret, securitytoken: token, expires_at: microsecondTime(expiresAt) };
  return jsonReply(requestId, 201, { credential });
}

/** Querying Project Information page. `page` and `per_page` must be given together. */
export function listProjects(context: Context, query: Query): SandboxResponse {
  const paged = firstValue(query, 'page') !== undefined;
  if (paged !== (firstValue(query, 'per_page') !== undefined)) {
    return failureReply(context.requestId, iamFailure(400, 'page and per_page must be given together'));
  }
  const size = numberOf(query, 'per_page', projects.length);
  const start = (numberOf(query, 'page', 1) - 1) * size;
  const owner = account.domain.id;
  const found = projects
    .map(({ id, name }) => ({
      id,
      name,
      domain_id: owner,
      parent_id: owner,
      enabled: true,
      is_domain: false,
      description: '',
      links: { self: `https://iam.myhuaweicloud.com/v3/projects/${id}` },
    }))
    .filter((project) =>
      (['name', 'domain_id', 'parent_id'] as const).every((key) =>
        [undefined, project[key]].includes(firstValue(query, key)),
      ),
    )
    .filter(() => firstValue(query, 'enabled') !== 'false');
  return jsonReply(context.requestId, 200, {
    projects: found.slice(start, start + size),
    links: { next: null, previous: null, self: 'https://iam.myhuaweicloud.com/v3/projects' },
  });
}

/** Formats a time with six fractional digits, as IAM does. */
function microsecondTime(at: number): string {
  return new Date(at).toISOString().replace('Z', '000Z');
}
