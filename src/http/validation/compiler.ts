import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import type { FastifySchemaCompiler, FastifySchemaValidationError } from 'fastify';
import type { SchemaProvider } from '../../domain/request-schema.ts';
import { sharedSchemas } from '../schemas/components.ts';

/** `verbose` adds value and schema to each finding. Tests validate the schemas, so this process does not. */
function validatorFor(providers: readonly SchemaProvider[]): Ajv {
  const ajv = new Ajv({
    allErrors: true,
    discriminator: true,
    verbose: true,
    addUsedSchema: false,
    meta: false,
    validateSchema: false,
    code: { optimize: false },
  });
  formats.default(ajv);
  for (const schema of sharedSchemas(providers)) ajv.addSchema(schema);
  return ajv;
}

/** Compiled schemas are shared by all apps with the same providers. */
const validators = new WeakMap<readonly SchemaProvider[], Ajv>();

/**
 * Compiles each request schema on first use, so that a process compiles only the schemas it uses. Values are neither coerced nor defaulted,
 * no member is dropped, and all faults are reported.
 */
export function compileAtFirstUse(providers: readonly SchemaProvider[]): FastifySchemaCompiler<object> {
  const ajv = validators.get(providers) ?? validatorFor(providers);
  validators.set(providers, ajv);
  return ({ schema }) => {
    let check: ValidateFunction | undefined;
    const validate = (data: unknown): boolean => {
      check ??= ajv.compile(schema);
      const valid = check(data) === true;
      validate.errors = (check.errors ?? null) as FastifySchemaValidationError[] | null;
      return valid;
    };
    validate.errors = null as FastifySchemaValidationError[] | null;
    return validate;
  };
}
