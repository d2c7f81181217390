import { remembered } from '../../domain/remembered.ts';
import { VendorError, type VendorReply, vendorFailure } from '../../domain/vendor.ts';

/** A JSON object from a vendor. Any member may be absent, null or of another type than documented. */
export type Fields = Readonly<Record<string, unknown>>;

/** Whether a value is an object other than an array. */
export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value if it is an object; otherwise null. */
export function asObject(value: unknown): Fields | null {
  return isObject(value) ? value : null;
}

/**
 * Parses the body of a response as a JSON object. Returns null for an empty or truncated body, HTML, or another kind of value. The result
 * is cached, so that the same response yields the same object.
 */
export const objectOf = remembered(({ body }: VendorReply): Fields | null => {
  try {
    return asObject(JSON.parse(body));
  } catch {
    return null;
  }
});

/** The objects of an array, without elements of other types; empty if the value is not an array. */
export function objectsIn(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** The error for a malformed response. A changing call with this error is in doubt. */
export function malformed(
  provider: { readonly name: string; readonly operation: string; readonly requestId: string | null },
  { httpStatus }: VendorReply,
  detail: string,
): VendorError {
  return new VendorError(vendorFailure({ kind: 'malformed', detail, provider: { ...provider, httpStatus } }));
}
