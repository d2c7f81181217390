import { type Static, type TSchema, Type } from '@sinclair/typebox';

/** A closed set of strings, rendered as one `enum` instead of an `anyOf` of constants. */
export function stringEnum<const T extends readonly string[]>(values: T, options: object = {}) {
  return Type.Unsafe<T[number]>({ type: 'string', enum: [...values], ...options });
}

/** One of several objects, distinguished by the constant of one field. */
export function discriminated<T extends TSchema[]>(field: string, schemas: [...T], options: object = {}) {
  return Type.Unsafe<Static<T[number]>>({
    type: 'object',
    discriminator: { propertyName: field },
    required: [field],
    oneOf: schemas,
    ...options,
  });
}

/** Refuses fields that the schema does not name. */
export const closed = { additionalProperties: false } as const;

/** The value, or null where nothing is known yet. */
export const nullable = <T extends TSchema>(schema: T) =>
  Type.Unsafe<Static<T> | null>(Type.Union([schema, Type.Null()]));
