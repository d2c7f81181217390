import { createHmac, hash } from 'node:crypto';
import type { Instant } from '../../domain/migration.ts';
import {
  type SignedRequest,
  type SigningContext,
  VendorError,
  type VendorRequest,
  vendorFailure,
} from '../../domain/vendor.ts';
import { byCodeUnit } from '../kit/code-units.ts';
import { percentEncode, placeOf } from '../kit/percent.ts';
import { type SignedHeaders, signedHeaders } from '../kit/signed-headers.ts';
import { configuredProject, type HuaweiAccessKeyCredentials, huaweiAccount, huaweiCredentials } from './account.ts';

const algorithm = 'SDK-HMAC-SHA256';

const sha256 = (data: string) => hash('sha256', data, 'hex');

/** Formats a time as `YYYYMMDDTHHMMSSZ`, the format of `X-Sdk-Date`. */
export function sdkDate(now: Instant): string {
  const text = new Date(now).toISOString();
  return `${text.slice(0, 4)}${text.slice(5, 7)}${text.slice(8, 13)}${text.slice(14, 16)}${text.slice(17, 19)}Z`;
}

/** The parts of a request that a signature covers. Header names may have any case. `body`: the text that is sent. */
export interface Signable {
  readonly method: string;
  /** Path of the URL, percent-encoded. */
  readonly path: string;
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

const headersOf = ({ headers }: Signable): SignedHeaders => signedHeaders(Object.entries(headers));

/**
 * The canonical request (“API Request Signing Guide”). Its path ends with `/` even if the real path does not, the query is sorted by name
 * and then by value, and every given header is signed.
 */
export function canonicalRequest(request: Signable, signed: SignedHeaders = headersOf(request)): string {
  const query = [...request.query]
    .sort((a, b) => byCodeUnit(a[0], b[0]) || byCodeUnit(a[1], b[1]))
    .map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
    .join('&');
  const { lines, names } = signed;
  const path = request.path.endsWith('/') ? request.path : `${request.path}/`;
  return `${request.method}\n${path}\n${query}\n${lines}\n${names}\n${sha256(request.body ?? '')}`;
}

/** The `Authorization` header. The secret key itself is the HMAC key, without a derivation by day or region. */
export function authorization(request: Signable, date: string, credentials: HuaweiAccessKeyCredentials): string {
  const signed = headersOf(request);
  const stringToSign = `${algorithm}\n${date}\n${sha256(canonicalRequest(request, signed))}`;
  const signature = createHmac('sha256', credentials.secretAccessKey.reveal()).update(stringToSign).digest('hex');
  return `${algorithm} Access=${credentials.accessKeyId}, SignedHeaders=${signed.names}, Signature=${signature}`;
}

/**
 * Signs one attempt with the session's token or with the access key. A login request has neither project nor token. Throws `VendorError` of
 * kind `unauthenticated` if a required project or token is unknown.
 */
export function sign(request: VendorRequest, context: SigningContext): SignedRequest {
  const { session } = context;
  const credentials = huaweiCredentials(context.credentials);
  const project = session?.projectId ?? configuredProject(context.account, context.region);
  if (project === null && request.path.includes('{project_id}'))
    throw notReady(request, 'the project of the region is unknown; set `projectId` on the account');

  const path = request.path.replaceAll('{project_id}', percentEncode(project ?? ''));
  const search = request.query.map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`).join('&');
  const url = `${context.endpoint.replace(/(?<!\/)\/+$/, '')}${path}${search === '' ? '' : `?${search}`}`;
  const body = request.body === undefined ? undefined : JSON.stringify(request.body);
  const common = {
    ...request.headers,
    'Content-Type': 'application/json',
    'X-Language': huaweiAccount(context.account).language ?? 'en-us',
  };
  const signed = (headers: Readonly<Record<string, string>>): SignedRequest => ({
    method: request.method,
    url,
    headers,
    body,
  });

  if (credentials.method === 'password') {
    // With a password, the only call to IAM is the login. It needs no token, even if an earlier session exists.
    if (request.service === 'iam') return signed(common);
    const token = session?.token ?? null;
    if (token === null) throw notReady(request, 'there is no token');
    return signed({ ...common, 'X-Auth-Token': token.reveal() });
  }

  const date = sdkDate(context.now);
  const added: Record<string, string> = { 'X-Sdk-Date': date };
  if (project !== null) added['X-Project-Id'] = project;
  if (credentials.securityToken !== undefined) added['X-Security-Token'] = credentials.securityToken.reveal();
  const covered = { 'Content-Type': common['Content-Type'], Host: placeOf(context.endpoint).host, ...added };
  const Authorization = authorization(
    { method: request.method, path, query: request.query, headers: covered, body },
    date,
    credentials,
  );
  return signed({ ...common, ...added, Authorization });
}

function notReady(request: VendorRequest, why: string): VendorError {
  return new VendorError(
    vendorFailure({
      kind: 'unauthenticated',
      detail: `${request.operation} cannot be signed for Huawei Cloud: ${why}.`,
      provider: { name: 'huawei', operation: request.operation },
    }),
  );
}
