import type { SandboxRequest } from '../cloud.ts';
import type { ParameterFault, VendorOperation } from '../vendor-schema.ts';
import { Refusal } from './answer.ts';

/** Parameters that conform to the operation's schema. */
export type Parameters = Readonly<Record<string, unknown>>;

type Tree = { [name: string]: Tree | string };

/** Parses and validates the parameters of a POST or GET. Throws `Refusal` (parameter codes). */
export function readParameters(request: SandboxRequest, operation: VendorOperation): Parameters {
  const contentType = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  if (request.method === 'GET') {
    if (contentType !== 'application/x-www-form-urlencoded') {
      throw new Refusal('InvalidRequest', 'A GET has to carry Content-Type application/x-www-form-urlencoded.');
    }
    return readQuery(request.query, operation);
  }
  if (contentType !== 'application/json') {
    throw new Refusal('InvalidRequest', 'A POST with this signature has to carry Content-Type application/json.');
  }
  const body = readJson(request.body);
  refuse(operation.validateBody(body));
  return body;
}

/** A required text. */
export function text(parameters: Parameters, name: string): string {
  const value = optionalText(parameters, name);
  if (value === undefined) throw new Error(`${name} is not a string although its schema says so`);
  return value;
}

/** A text parameter; undefined if it is absent. */
export function optionalText(parameters: Parameters, name: string): string | undefined {
  const value = parameters[name];
  return typeof value === 'string' ? value : undefined;
}

/** A number parameter; undefined if it is absent. */
export function optionalNumber(parameters: Parameters, name: string): number | undefined {
  const value = parameters[name];
  return typeof value === 'number' ? value : undefined;
}

/** The texts of an array parameter; undefined if it is absent. */
export function optionalTexts(parameters: Parameters, name: string): readonly string[] | undefined {
  const value = parameters[name];
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : undefined;
}

/** The numbers of an array parameter; undefined if it is absent. */
export function optionalNumbers(parameters: Parameters, name: string): readonly number[] | undefined {
  const value = parameters[name];
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'number') : undefined;
}

/** The objects of an array parameter; undefined if it is absent. */
export function optionalObjects(parameters: Parameters, name: string): readonly Parameters[] | undefined {
  const value = parameters[name];
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'object' && entry !== null) : undefined;
}

function readJson(body: string): Parameters {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    throw new Refusal('InvalidParameter', 'The body is not JSON.');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new Refusal('InvalidParameter', 'The body is not a JSON object.');
  }
  return parsed as Parameters;
}

function readQuery(query: string, operation: VendorOperation): Parameters {
  const tree: Tree = Object.create(null);
  for (const pair of query.split('&').filter((each) => each !== '')) {
    const [name = '', value = ''] = pair.split(/=(.*)/s, 2).map(percentDecoded);
    plant(tree, name.split('.'), value);
  }
  const parameters = withArrays(tree) as Record<string, unknown>;
  // A query contains numbers as text, so an integer is parsed where the schema declares one.
  for (const fault of operation.validateBody(parameters)) {
    if (fault.kind === 'type' && fault.detail.endsWith('integer')) readInteger(parameters, fault.name.split('.'));
  }
  refuse(operation.validateBody(parameters));
  return parameters;
}

function plant(tree: Tree, path: readonly string[], value: string): void {
  const [head = '', ...rest] = path;
  const present = tree[head];
  if (rest.length === 0) {
    if (present !== undefined) throw new Refusal('InvalidParameter', `The parameter ${head} appears twice.`);
    tree[head] = value;
    return;
  }
  if (typeof present === 'string') throw new Refusal('InvalidParameter', `The parameter ${head} has two shapes.`);
  const branch: Tree = present ?? Object.create(null);
  tree[head] = branch;
  plant(branch, rest, value);
}

function withArrays(node: Tree | string): unknown {
  if (typeof node === 'string') return node;
  const keys = Object.keys(node);
  if (keys.length > 0 && keys.every((key, index) => key === String(index))) return Object.values(node).map(withArrays);
  return Object.fromEntries(Object.entries(node).map(([key, inner]) => [key, withArrays(inner)]));
}

function readInteger(parameters: Record<string, unknown>, path: readonly string[]): void {
  const last = path.at(-1) ?? '';
  const holder = path.slice(0, -1).reduce<unknown>((node, key) => (node as Record<string, unknown>)[key], parameters);
  const record = holder as Record<string, unknown>;
  const value = record[last];
  if (typeof value === 'string' && /^-?\d{1,15}$/.test(value)) record[last] = Number(value);
}

function percentDecoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new Refusal('InvalidParameter', 'The query is not percent-encoded UTF-8.');
  }
}

function refuse(faults: readonly ParameterFault[]): void {
  const fault = ['unknown', 'missing', 'type', 'value'].flatMap((kind) => faults.filter((f) => f.kind === kind))[0];
  if (fault === undefined) return;
  const codes: Readonly<Record<ParameterFault['kind'], string>> = {
    unknown: 'UnknownParameter',
    missing: 'MissingParameter',
    type: 'InvalidParameter.ParamsAssertFailed',
    value: 'InvalidParameter.ParamsAssertFailed',
  };
  throw new Refusal(codes[fault.kind], `Parameter ${fault.detail}.`);
}
