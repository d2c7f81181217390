import { type Static, type TSchema, Type } from '@sinclair/typebox';

/** Schema of a closed set of strings, rendered as one `enum` instead of an `anyOf` of constants. */
export function stringEnum<const T extends readonly string[]>(values: T, options: object = {}) {
  return Type.Unsafe<T[number]>({ type: 'string', enum: [...values], ...options });
}

/** Schema of one of several objects that are distinguished by a constant field. */
export function discriminated<T extends TSchema[]>(field: string, schemas: [...T], options: object = {}) {
  return Type.Unsafe<Static<T[number]>>({
    type: 'object',
    discriminator: { propertyName: field },
    required: [field],
    oneOf: schemas,
    ...options,
  });
}

/** Refuses fields that are not in the schema. */
export const closed = { additionalProperties: false } as const;

/** Schema of a value or null. */
export const nullable = <T extends TSchema>(schema: T) =>
  Type.Unsafe<Static<T> | null>(Type.Union([schema, Type.Null()]));
