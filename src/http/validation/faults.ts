import type { FieldFault } from '../../domain/problem.ts';
import { closestName } from '../../domain/spelling.ts';
import { patternInWords } from './pattern-words.ts';
import { firstToken, memberPointer } from './pointer.ts';

/** One finding of the schema validator, with its value and schema (`verbose`). */
export interface SchemaFault {
  readonly keyword: string;
  readonly instancePath: string;
  readonly schemaPath: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string | undefined;
  readonly data?: unknown;
  readonly parentSchema?: Readonly<Record<string, unknown>> | undefined;
}

const maxFaults = 50;
/** Maximum number of processed findings: a body of 1 MiB can cause a hundred thousand. */
const maxFindings = 400;

/** Faults of a body: each field once, by its JSON pointer. */
export function bodyFaults(faults: readonly SchemaFault[]): readonly FieldFault[] {
  return unique(withoutBranches(faults).map((fault) => ({ pointer: pointerOf(fault), detail: inWords(fault) })));
}

/** Faults of a query: each parameter once, by name. */
export function queryFaults(faults: readonly SchemaFault[]): readonly FieldFault[] {
  return unique(
    withoutBranches(faults).map((fault) => ({
      parameter: firstToken(pointerOf(fault)),
      detail:
        fault.keyword === 'type' && Array.isArray(fault.data) ? 'may be given only once' : inWords(fault, 'parameter'),
    })),
  );
}

/** The pointer of the faulty field. For a missing or unknown member it is the member, not its object. */
function pointerOf(fault: SchemaFault): string {
  switch (fault.keyword) {
    case 'required':
      return memberPointer(fault.instancePath, String(fault.params.missingProperty));
    case 'additionalProperties':
      return memberPointer(fault.instancePath, String(fault.params.additionalProperty));
    case 'discriminator':
      return memberPointer(fault.instancePath, String(fault.params.tag));
    default:
      return fault.instancePath;
  }
}

/**
 * An `anyOf` reports the faults of every branch. Keeps only the faults of branches whose type fits the value; if none fits, one fault names
 * all types.
 */
function withoutBranches(findings: readonly SchemaFault[]): readonly SchemaFault[] {
  const faults = findings.slice(0, maxFindings);
  const kept = new Set(faults);
  for (const union of faults) {
    if (union.keyword !== 'anyOf') continue;
    kept.delete(union);
    const branches = faults.filter(
      (fault) =>
        fault.instancePath.startsWith(union.instancePath) && fault.schemaPath.startsWith(`${union.schemaPath}/`),
    );
    const kinds = branches.filter((fault) => fault.keyword === 'type' && fault.instancePath === union.instancePath);
    for (const kind of kinds) kept.delete(kind);
    const first = kinds[0];
    if (first !== undefined && branches.every((fault) => kinds.includes(fault)))
      kept.add({ ...first, params: { type: kinds.flatMap((kind) => kind.params.type) } });
  }
  return [...kept];
}

function inWords(fault: SchemaFault, thing: 'field' | 'parameter' = 'field'): string {
  const { params } = fault;
  const limit = String(params.limit);
  switch (fault.keyword) {
    case 'required':
      return 'is required';
    case 'additionalProperties':
      return unknownMember(fault, thing);
    case 'discriminator':
      return choice(discriminatorValues(fault.parentSchema), params.tagValue);
    case 'type':
      return wrongKind(fault);
    case 'enum':
      return choice(texts(params.allowedValues), fault.data);
    case 'const':
      return `must be ${JSON.stringify(params.allowedValue)}`;
    case 'pattern':
      return patternInWords(String(params.pattern));
    case 'minLength':
      return limit === '1' ? 'must not be empty' : `must have at least ${limit} characters`;
    case 'maxLength':
      return `must have at most ${limit} characters`;
    case 'minItems':
      return `must have at least ${limit} ${limit === '1' ? 'item' : 'items'}`;
    case 'maxItems':
      return `must have at most ${limit} items`;
    case 'minProperties':
      return `must have at least ${limit} ${limit === '1' ? 'member' : 'members'}`;
    case 'maxProperties':
      return `must have at most ${limit} members`;
    case 'uniqueItems':
      return `items ${[Number(params.i), Number(params.j)].sort((one, other) => one - other).join(' and ')} are the same`;
    case 'minimum':
      return `must be at least ${limit}`;
    case 'maximum':
      return `must be at most ${limit}`;
    case 'format':
      return params.format === 'uri'
        ? 'must be a URL, such as `https://receiver.example/path`'
        : 'must be a time in RFC 3339, such as `2026-11-21T19:08:00Z`';
    default:
      return fault.message ?? 'is not valid';
  }
}

function unknownMember(fault: SchemaFault, thing: string): string {
  const name = String(fault.params.additionalProperty);
  const keyPattern = Object.keys(objectOf(fault.parentSchema?.patternProperties))[0];
  const known = Object.keys(objectOf(fault.parentSchema?.properties));
  if (keyPattern !== undefined && known.length === 0) return `the name ${patternInWords(keyPattern)}`;
  const meant = closestName(name, known);
  if (meant !== null) return `is not a known ${thing}; did you mean \`${meant}\`?`;
  if (known.length === 0) return `is not a known ${thing}: none is allowed here`;
  return `is not a known ${thing}; known are ${listed([...known, ...families(keyPattern)])}`;
}

/** `^label\..` allows any name with the prefix `label.`, shown as `label.<key>`. */
function families(keyPattern: string | undefined): readonly string[] {
  const prefix = /^\^(\w+)\\\.\.$/.exec(keyPattern ?? '')?.[1];
  return prefix === undefined ? [] : [`${prefix}.<key>`];
}

const kindNames: Readonly<Record<string, string>> = {
  string: 'text',
  boolean: '`true` or `false`',
  integer: 'a whole number',
  number: 'a number',
  array: 'a list',
  object: 'an object',
  null: '`null`',
};

function wrongKind(fault: SchemaFault): string {
  const wanted = texts(fault.params.type).map((kind) => kindNames[kind] ?? kind);
  if (fault.instancePath === '' && fault.data === null) return 'a JSON object is required as the body';
  const given = Array.isArray(fault.data) ? 'array' : fault.data === null ? 'null' : typeof fault.data;
  return `must be ${wanted.join(' or ')}, not ${kindNames[given] ?? given}`.replace(
    'not `true` or `false`',
    'not a boolean',
  );
}

function choice(allowed: readonly string[], given: unknown): string {
  const sentence = allowed.length === 1 ? `must be ${listed(allowed)}` : `must be one of ${listed(allowed)}`;
  const meant = typeof given === 'string' ? closestName(given, allowed) : null;
  return meant === null ? sentence : `${sentence}; did you mean \`${meant}\`?`;
}

function discriminatorValues(schema: Readonly<Record<string, unknown>> | undefined): readonly string[] {
  const tag = objectOf(schema?.discriminator).propertyName;
  const branches = Array.isArray(schema?.oneOf) ? (schema.oneOf as readonly unknown[]) : [];
  return branches.flatMap((branch) => {
    const member = objectOf(objectOf(objectOf(branch).properties)[String(tag)]).const;
    return typeof member === 'string' ? [member] : [];
  });
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [String(value)];
}

function listed(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}

function unique(faults: readonly FieldFault[]): readonly FieldFault[] {
  const first = new Map<string, FieldFault>();
  for (const fault of faults) {
    const place = fault.pointer ?? fault.parameter ?? '';
    if (!first.has(place)) first.set(place, fault);
    if (first.size === maxFaults) break;
  }
  return [...first.values()];
}
