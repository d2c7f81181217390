import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import { type ProblemCode, problemCatalogue } from '../../../src/domain/problem.ts';

interface Response {
  readonly $ref?: string;
  readonly description?: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: Readonly<Record<string, { readonly schema: object }>>;
}
export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly security?: readonly unknown[];
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: object }[];
  readonly requestBody?: {
    readonly required: boolean;
    readonly content: Readonly<
      Record<
        string,
        { readonly schema: object; readonly examples?: Readonly<Record<string, { readonly value: unknown }>> }
      >
    >;
  };
  readonly responses: Readonly<Record<string, Response>>;
}
export interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Readonly<
    Record<'schemas' | 'responses' | 'headers' | 'securitySchemes', Readonly<Record<string, object>>>
  >;
  readonly security: readonly Readonly<Record<string, unknown>>[];
  readonly tags: readonly { readonly name: string }[];
}

export const documentFile = new URL('../../../openapi/openapi.yaml', import.meta.url);

/** The committed contract. */
export const document: Document = parse(readFileSync(documentFile, 'utf8'));

/** Draft 2020-12, as OpenAPI 3.1 requires. The whole document is one schema resource, so that references resolve. */
export const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema(document, 'godwit');

/** Every operation with its path and method. */
export const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
);

/** Headers with a meaning for callers, which the contract must document where they appear. */
const tellingHeaders = [
  'etag',
  'location',
  'retry-after',
  'link',
  'preference-applied',
  'idempotency-replayed',
  'x-request-id',
];

export interface Answered {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** Parts of an answer that the contract does not document; empty when there are none. */
export function undocumented(method: string, url: string, answer: Answered): readonly string[] {
  const [path = ''] = url.split('?');
  const faults: string[] = [];
  if (answer.statusCode >= 400) faults.push(...problemFaults(answer));
  const operation = operationFor(method === 'HEAD' ? 'GET' : method, path);
  if (operation === null)
    return [404, 405].includes(answer.statusCode) ? faults : [...faults, `no operation ${method} ${path}`];

  const status = String(answer.statusCode);
  const response = resolve(operation.operation.responses[status]);
  if (response === null) return [...faults, `${operation.operation.operationId} does not document ${status}`];
  const documented = Object.keys(response.headers ?? {}).map((name) => name.toLowerCase());
  for (const name of tellingHeaders)
    if (answer.headers[name] !== undefined && !documented.includes(name))
      faults.push(`${status} has undocumented ${name}`);

  const mediaType = String(answer.headers['content-type'] ?? '').split(';')[0] ?? '';
  if (response.content === undefined) return answer.body === '' ? faults : [...faults, `${status} should have no body`];
  if (method === 'HEAD') return faults;
  const media = response.content[mediaType];
  if (media === undefined) return [...faults, `${status} is not documented as ${mediaType}`];
  const validate = validatorOf(media.schema);
  const value: unknown = mediaType.endsWith('json') ? JSON.parse(answer.body) : answer.body;
  if (!validate(value)) faults.push(ajv.errorsText(validate.errors));
  return faults;
}

const validators = new WeakMap<object, ValidateFunction>();

function validatorOf(schema: object): ValidateFunction {
  const known = validators.get(schema) ?? ajv.compile(withAbsoluteRefs(schema));
  validators.set(schema, known);
  return known;
}

function problemFaults(answer: Answered): readonly string[] {
  const problem = JSON.parse(answer.body || '{}');
  const entry = problemCatalogue[problem.code as ProblemCode];
  if (entry === undefined) return [`unknown code ${problem.code}`];
  const faults: string[] = [];
  if (entry.status !== answer.statusCode || problem.status !== answer.statusCode)
    faults.push(`${problem.code} as ${answer.statusCode}`);
  if (problem.type !== `/problems/${problem.code}`) faults.push(`type ${problem.type}`);
  if (typeof problem.detail !== 'string' || problem.detail === '') faults.push('no detail');
  const replayed = answer.headers['idempotency-replayed'] === 'true';
  if (!replayed && problem.instance !== answer.headers['x-request-id']) faults.push('instance is not the request id');
  return faults;
}

/** The operation of a concrete path. A literal path takes precedence over a template. */
export function operationFor(
  method: string,
  path: string,
): { readonly path: string; readonly operation: Operation } | null {
  const fitting = operations
    .filter((each) => each.method === method && templateOf(each.path).test(path))
    .sort((one, other) => one.path.split('{').length - other.path.split('{').length);
  return fitting[0] ?? null;
}

function templateOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`);
}

export function resolve(response: Response | undefined): Response | null {
  if (response?.$ref === undefined) return response ?? null;
  return (document.components.responses[response.$ref.split('/').at(-1) ?? ''] as Response | undefined) ?? null;
}

/** References in a part resolve in the whole document. */
export function withAbsoluteRefs(schema: object): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"godwit#/'));
}
