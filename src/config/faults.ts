import type { TSchema } from '@sinclair/typebox';
import { Check } from '@sinclair/typebox/value';
import { Ajv, type ErrorObject } from 'ajv';
import { closestName } from '../domain/spelling.ts';

// The schemas are part of the source and tested. Validating and optimizing them would only slow each start.
const ajv = new Ajv({
  allErrors: true,
  strict: false,
  meta: false,
  validateSchema: false,
  verbose: true,
  code: { optimize: false },
});

/** Places below which a misplaced secret may appear as a member name. The name of an unknown member is not repeated there. */
const secretPlaces = /(^|\.)(credentials|encryption|store)(\.|$)/;

/** Validates a value and returns its faults, one line each, with the place below `at`. No line repeats a value. */
export function schemaFaults(schema: TSchema, value: unknown, at: string): string[] {
  // Ajv words the faults, and compiles a schema first. For a value without faults that would be a tenth of each start.
  if (Check(schema, value)) return [];
  const validate = ajv.compile(schema);
  if (validate(value)) return [];
  return [...new Set(ofTheMeantForm(validate.errors ?? []).map((error) => faultLine(error, at)))];
}

/** Reduces the errors of a value that matches no form of a union: to those of the form with the value's type, or to one for the whole value. */
function ofTheMeantForm(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  let kept = errors;
  for (const union of errors.filter(({ keyword }) => keyword === 'anyOf')) {
    const { schemaPath, instancePath, data } = union;
    const formOf = (error: ErrorObject): string | undefined =>
      error.schemaPath.slice(schemaPath.length + 1).split('/')[0];
    const within = errors.filter(
      (error) => error.schemaPath.startsWith(`${schemaPath}/`) && error.instancePath.startsWith(instancePath),
    );
    const ofAnotherKind = within.filter(
      (error) => ['type', 'const'].includes(error.keyword) && error.instancePath === instancePath,
    );
    const others = new Set(ofAnotherKind.map(formOf));
    const forms = new Set(within.map(formOf).filter((form) => !others.has(form)));
    const meant = typeof data === 'object' && forms.size === 1;
    kept = kept.filter((error) =>
      meant ? error !== union && !ofAnotherKind.includes(error) : !within.includes(error),
    );
  }
  return kept;
}

function faultLine(error: ErrorObject, at: string): string {
  const path = error.instancePath
    .split('/')
    .slice(1)
    .map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${part}`))
    .join('');
  const place = `${at}${path}`.replace(/^\./, '');
  const within = place === '' ? '' : `${place}.`;
  if (error.keyword === 'additionalProperties') return unknownMember(error, place);
  if (error.keyword === 'required') return `${within}${error.params.missingProperty}: is missing`;
  if (error.keyword === 'anyOf') {
    const words = wordsOf(error.schema);
    return words === null ? `${place}: matches none of the allowed forms` : `${place}: ${notOneOf(error.data, words)}`;
  }
  return `${place === '' ? '(the file)' : place}: ${error.message}`;
}

function unknownMember({ params, parentSchema }: ErrorObject, place: string): string {
  const name = String(params.additionalProperty);
  const known = Object.keys((parentSchema?.properties as object | undefined) ?? {});
  // Three-letter names are excluded, because any two of them are within the edit distance.
  const meant = name.length > 3 ? closestName(name, known) : null;
  const hint = meant === null ? '' : `; did you mean \`${meant}\`?`;
  if (secretPlaces.test(place) && meant === null && !/^[A-Za-z]{1,30}$/.test(name))
    return `${place}: has a member that is not a known setting`;
  return `${place === '' ? '' : `${place}.`}${name}: is not a known setting${hint}`;
}

/** The values of a union of string literals; null for another kind of union. */
function wordsOf(schema: unknown): readonly string[] | null {
  const words = Array.isArray(schema) ? schema.map((form: { readonly const?: unknown }) => form.const) : [];
  return words.length > 0 && words.every((word) => typeof word === 'string') ? words : null;
}

/** The message for a value that is not one of the known words. It suggests the most similar word. */
export function notOneOf(value: unknown, words: readonly string[]): string {
  const written = typeof value === 'string' ? value.toLowerCase() : '';
  const longer = words.find((word) => word.length > 3 && written.startsWith(word));
  const meant = closestName(written, words) ?? longer ?? null;
  return `must be one of ${words.join(', ')}${meant === null ? '' : `; did you mean \`${meant}\`?`}`;
}

/** Reports texts that contain `${NAME}`, which Godwit does not replace. */
export function unreplacedFaults(value: unknown, at = ''): string[] {
  if (typeof value === 'string')
    return /\$\{[A-Za-z_][A-Za-z0-9_]*\}/.test(value)
      ? [`${at}: contains \`\${…}\`, which Godwit does not replace; write { env: NAME }`]
      : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) =>
    unreplacedFaults(member, Array.isArray(value) ? `${at}[${name}]` : `${at}.${name}`.replace(/^\./, '')),
  );
}
