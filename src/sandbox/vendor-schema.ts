import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ErrorObject, ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { parse } from 'yaml';
import { projectFolder } from '../project-folder.ts';

/** A violation of a schema by a request or response. */
export interface ParameterFault {
  /** `unknown`: not declared. `missing`: required and absent. `type`: wrong JSON type. `value`: enum, format, length, range or pattern. */
  readonly kind: 'unknown' | 'missing' | 'type' | 'value';
  /** Dotted path of the member, such as `PageSize` or `jobs.0.base_info.name`; empty for the whole value. */
  readonly name: string;
  /** Description of the fault, starting with the name. */
  readonly detail: string;
}

/** An operation of a vendor, as `openapi/vendors/<cloud>.yaml` describes it. */
export interface VendorOperation {
  /** The vendor's name of the operation, from `operationId`. */
  readonly operation: string;
  /** The HTTP method in upper case. */
  readonly method: string;
  /** The path without `?…` or `#…`. Path parameters are in braces. */
  readonly path: string;
  /** The names of all query parameters, in document order. */
  readonly queryNames: readonly string[];
  /**
   * Validates the query; for RPC styles, all parameters of the operation wherever they were sent. A value whose type is `integer`, `number`
   * or `boolean` is parsed strictly. An undeclared name is a fault.
   */
  validateQuery(query: Readonly<Record<string, string>>): readonly ParameterFault[];
  /** Validates the parsed JSON body; undefined: no body. Does not convert types. An undeclared member at any depth is a fault. */
  validateBody(body: unknown): readonly ParameterFault[];
  /** Validates the parsed body of a response against the declared response for that status, otherwise `default`. For tests. */
  validateResponse(status: number, body: unknown): readonly ParameterFault[];
}

type Json = Readonly<Record<string, unknown>>;

/**
 * Loads `openapi/vendors/<cloud>.yaml` (OpenAPI 3.1) and returns its operations by `operationId`.
 *
 * Rules for these documents: every operation has an `operationId`. If a vendor uses one path for all operations, the path key is
 * `/?Action=Name` or `/#Name`. A `$ref` refers to the same document (`#/components/…`) and never in a circle. An object schema with
 * `properties` is closed unless it contains `additionalProperties`, so `allOf` of objects does not work. The keywords `x-…` and `example`
 * are ignored. `format` is checked if ajv-formats knows it. JSON bodies are described by the `application/json` content. Throws if the
 * document breaks a rule. Each schema is compiled when it is first used, and its defects are found then.
 */
export function loadVendorOperations(cloud: 'alibaba' | 'huawei' | 'tencent'): ReadonlyMap<string, VendorOperation> {
  const known = loaded.get(cloud);
  if (known !== undefined) return known;
  const file = join(projectFolder, `openapi/vendors/${cloud}.yaml`);
  const operations = readVendorOperations(parse(readFileSync(file, 'utf8')));
  loaded.set(cloud, operations);
  return operations;
}

const loaded = new Map<string, ReadonlyMap<string, VendorOperation>>();

/** Like `loadVendorOperations`, for a parsed document. */
export function readVendorOperations(document: unknown): ReadonlyMap<string, VendorOperation> {
  const root = asObject(document);
  const ajv = new Ajv2020({
    allErrors: true,
    strict: true,
    strictTypes: false,
    strictRequired: false,
    // Strict mode finds unknown keywords. Compiling the meta-schema too would slow the first request.
    meta: false,
    validateSchema: false,
    code: { optimize: false },
  });
  formats.default(ajv);
  const operations = new Map<string, VendorOperation>();
  for (const [pathKey, item] of Object.entries(asObject(root.paths))) {
    const shared = asList(asObject(item).parameters);
    for (const method of ['get', 'post', 'put', 'patch', 'delete']) {
      const declared = asObject(item)[method];
      if (declared === undefined) continue;
      const operation = readOperation(root, ajv, pathKey, method, asObject(declared), shared);
      if (operations.has(operation.operation)) throw new Error(`operationId ${operation.operation} appears twice`);
      operations.set(operation.operation, operation);
    }
  }
  return operations;
}

function readOperation(
  root: Json,
  ajv: Ajv2020,
  pathKey: string,
  method: string,
  declared: Json,
  shared: readonly unknown[],
): VendorOperation {
  const name = declared.operationId;
  if (typeof name !== 'string') throw new Error(`${method} ${pathKey} has no operationId`);
  const parameters = [...shared, ...asList(declared.parameters)].map((entry) => dereference(root, entry));
  const query = parameters.filter((parameter) => parameter.in === 'query');
  const schemas = new Map(query.map((entry) => [String(entry.name), closed(root, entry.schema)]));
  const required = query.filter((entry) => entry.required === true).map((entry) => String(entry.name));
  const checkQuery = lazily(() =>
    ajv.compile({ type: 'object', properties: Object.fromEntries(schemas), required, additionalProperties: false }),
  );
  const requestBody = declared.requestBody === undefined ? null : dereference(root, declared.requestBody);
  const checkBody = lazily(() => ajv.compile(closed(root, jsonSchemaOf(requestBody ?? {}))));
  const responses = new Map<string, () => ValidateFunction>();
  for (const [status, declaredResponse] of Object.entries(asObject(declared.responses))) {
    const schema = jsonSchemaOf(dereference(root, declaredResponse));
    if (schema !== undefined)
      responses.set(
        status,
        lazily(() => ajv.compile(closed(root, schema))),
      );
  }
  return {
    operation: name,
    method: method.toUpperCase(),
    path: pathKey.replace(/[?#].*$/, ''),
    queryNames: [...schemas.keys()],
    validateQuery: (values) => {
      const typed = Object.entries(values).map(([key, text]) => [key, readText(text, schemas.get(key)?.type)]);
      return faultsOf(checkQuery(), Object.fromEntries(typed));
    },
    validateBody: (body) => {
      if (body === undefined && requestBody?.required !== true) return [];
      if (requestBody === null) return [{ kind: 'unknown', name: '', detail: 'no body is declared' }];
      if (body === undefined) return [{ kind: 'missing', name: '', detail: 'the body is missing' }];
      return faultsOf(checkBody(), body);
    },
    validateResponse: (status, body) => {
      const check = responses.get(String(status)) ?? responses.get('default');
      if (check === undefined) return [{ kind: 'unknown', name: '', detail: `status ${status} is not declared` }];
      return faultsOf(check(), body);
    },
  };
}

function lazily<T>(build: () => T): () => T {
  let built: T | undefined;
  return () => {
    built ??= build();
    return built;
  };
}

function faultsOf(check: ValidateFunction, value: unknown): readonly ParameterFault[] {
  return check(value) ? [] : (check.errors ?? []).map(faultOf);
}

function faultOf(error: ErrorObject): ParameterFault {
  const path = error.instancePath.split('/').slice(1).map(unescapePointer);
  const parameter = error.params.missingProperty ?? error.params.additionalProperty;
  const name = (typeof parameter === 'string' ? [...path, parameter] : path).join('.');
  const kinds: Readonly<Record<string, ParameterFault['kind']>> = {
    additionalProperties: 'unknown',
    required: 'missing',
    dependentRequired: 'missing',
    type: 'type',
  };
  const kind = kinds[error.keyword] ?? 'value';
  const allowed = error.keyword === 'enum' ? `: ${asList(error.params.allowedValues).join(', ')}` : '';
  const words: Readonly<Record<ParameterFault['kind'], string>> = {
    unknown: 'is not declared',
    missing: 'is missing',
    type: error.message ?? error.keyword,
    value: `${error.message ?? error.keyword}${allowed}`,
  };
  return { kind, name, detail: `${name} ${words[kind]}`.trim() };
}

/** Converts a text to its declared type. A text that cannot be converted is returned unchanged, and the validator rejects it. */
function readText(text: string, type: unknown): unknown {
  if (type === 'integer' && /^-?(0|[1-9]\d*)$/.test(text)) return Number(text);
  if (type === 'number' && /^-?(0|[1-9]\d*)(\.\d+)?$/.test(text)) return Number(text);
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

/** Prepares a schema for ajv: resolves references, closes objects and removes annotations that ajv does not know. */
function closed(root: Json, schema: unknown, depth = 0): Json {
  if (typeof schema === 'boolean') return schema ? {} : { not: {} };
  if (depth > 40) throw new Error('schemas refer to each other in a circle');
  const source = dereference(root, schema);
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(source)) {
    if (key === 'example' || key.startsWith('x-')) continue;
    result[key] = inside(root, key, value, depth + 1);
  }
  if (result.properties !== undefined && result.additionalProperties === undefined) result.additionalProperties = false;
  return result;
}

function inside(root: Json, key: string, value: unknown, depth: number): unknown {
  if (['properties', 'patternProperties'].includes(key)) {
    return Object.fromEntries(
      Object.entries(asObject(value)).map(([name, inner]) => [name, closed(root, inner, depth)]),
    );
  }
  if (['oneOf', 'anyOf', 'allOf', 'prefixItems'].includes(key)) {
    return asList(value).map((inner) => closed(root, inner, depth));
  }
  const single = ['items', 'not', 'if', 'then', 'else', 'additionalProperties', 'contains', 'propertyNames'];
  return single.includes(key) && typeof value !== 'boolean' ? closed(root, value, depth) : value;
}

function dereference(root: Json, value: unknown): Json {
  let target = asObject(value);
  for (let hops = 0; typeof target.$ref === 'string'; hops++) {
    const reference = target.$ref;
    if (!reference.startsWith('#/') || hops > 10) throw new Error(`cannot follow ${reference}`);
    const found = reference
      .slice(2)
      .split('/')
      .map(unescapePointer)
      .reduce<unknown>((node, key) => (node === undefined ? undefined : asObject(node)[key]), root);
    if (found === undefined) throw new Error(`${reference} points at nothing`);
    target = asObject(found);
  }
  return target;
}

function jsonSchemaOf(message: Json): unknown {
  const content = asObject(message.content ?? {});
  return content['application/json'] === undefined ? undefined : asObject(content['application/json']).schema;
}

function unescapePointer(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}

function asObject(value: unknown): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('an object was expected');
  return value as Json;
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
