import type { SandboxRequest } from '../cloud.ts';
import { Refusal } from './errors.ts';
import type { Pair } from './signature.ts';

/** A parsed request: its operation, its parameters and the input of its signature. */
export interface Call {
  /** `rpc`: SignatureVersion 1.0, with the common parameters among the others. `acs3`: V3, with the common parameters as headers. */
  readonly style: 'rpc' | 'acs3';
  readonly request: SandboxRequest;
  readonly query: readonly Pair[];
  readonly form: readonly Pair[];
  /** Common parameters by their RPC names, in either style. */
  readonly common: Readonly<Record<string, string>>;
  /** The parameters of the operation. */
  readonly parameters: Readonly<Record<string, string>>;
}

const commonNames: ReadonlySet<string> = new Set([
  'Action',
  'Version',
  'Format',
  'AccessKeyId',
  'SignatureMethod',
  'SignatureVersion',
  'SignatureNonce',
  'SignatureType',
  'Timestamp',
  'SecurityToken',
  'Signature',
]);

const commonHeaders: Readonly<Record<string, string>> = {
  Action: 'x-acs-action',
  Version: 'x-acs-version',
  Timestamp: 'x-acs-date',
  SignatureNonce: 'x-acs-signature-nonce',
  SecurityToken: 'x-acs-security-token',
};

/** Parses a request. Throws `Refusal` if it is not a call. */
export function readCall(request: SandboxRequest): Call {
  if (request.method !== 'GET' && request.method !== 'POST') throw new Refusal('UnsupportedHTTPMethod');
  if (request.path !== '/') throw new Refusal('InvalidApi.NotFound');
  const query = readPairs(request.query);
  const form = request.body === '' ? [] : readForm(request);
  const all = [...query, ...form];
  const style = isAcs3(request, all) ? 'acs3' : 'rpc';
  for (const [index, [name]] of all.entries()) {
    if (all.findIndex(([other]) => other === name) !== index) {
      throw new Refusal('InvalidParameter', `The parameter ${name} is given twice.`);
    }
  }
  if (style === 'rpc') {
    const common = Object.fromEntries(all.filter(([name]) => commonNames.has(name)));
    return { style, request, query, form, common, parameters: ownParameters(all, (name) => !commonNames.has(name)) };
  }
  const common: Record<string, string> = {};
  for (const [name, header] of Object.entries(commonHeaders)) {
    const value = request.headers[header];
    if (value !== undefined) common[name] = value;
  }
  return { style, request, query, form, common, parameters: ownParameters(all, () => true) };
}

/** The name of the requested operation, or `?`. Never throws. */
export function operationOf(request: SandboxRequest): string {
  try {
    return readCall(request).common.Action ?? '?';
  } catch {
    return '?';
  }
}

function isAcs3({ headers }: SandboxRequest, parameters: readonly Pair[]): boolean {
  if ((headers.authorization ?? '').startsWith('ACS3-')) return true;
  // Older clients send these headers together with SignatureVersion 1.0.
  return headers['x-acs-action'] !== undefined && !parameters.some(([name]) => name === 'Action');
}

/** An empty value counts as absent, except in the signature. */
function ownParameters(pairs: readonly Pair[], isOwn: (name: string) => boolean): Readonly<Record<string, string>> {
  return Object.fromEntries(pairs.filter(([name, value]) => isOwn(name) && value !== ''));
}

function readForm(request: SandboxRequest): readonly Pair[] {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  if (request.method === 'GET') throw new Refusal('InvalidParameter', 'A GET request carries no body.');
  if (type !== 'application/x-www-form-urlencoded') {
    throw new Refusal('InvalidParameter', `The content type ${type} is not supported.`);
  }
  return readPairs(request.body);
}

function readPairs(text: string): readonly Pair[] {
  if (text === '') return [];
  return text.split('&').map((part) => {
    const mark = part.indexOf('=');
    if (mark === -1) return [decode(part), ''];
    return [decode(part.slice(0, mark)), decode(part.slice(mark + 1))];
  });
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new Refusal('InvalidParameter', 'A parameter is not encoded as a URL wants it.');
  }
}
