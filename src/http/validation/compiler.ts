import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import type { FastifySchemaCompiler, FastifySchemaValidationError } from 'fastify';
import type { SchemaProvider } from '../../domain/request-schema.ts';
import { sharedSchemas } from '../schemas/components.ts';

/** `verbose` gives the fault descriptions the schema around a fault. The schemas are ours and tested: they are not checked again. */
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

/** What has been compiled serves every app with the same providers. */
const validators = new WeakMap<readonly SchemaProvider[], Ajv>();

/**
 * Compiles the schema of a request at its first use: nothing is coerced, filled in or dropped, and all faults are reported. A process that
 * has just started answers before it has compiled what nobody asked for.
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
