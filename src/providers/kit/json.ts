import { remembered } from '../../domain/remembered.ts';
import { VendorError, type VendorReply, vendorFailure } from '../../domain/vendor.ts';

/** A JSON object of a vendor: every member may be absent, null or of another type than documented. */
export type Fields = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value as an object, or null when it is anything else. */
export function asObject(value: unknown): Fields | null {
  return isObject(value) ? value : null;
}

/**
 * The JSON object in the body of a reply, or null when the body is empty, truncated, HTML or another kind of value. It is read once: whoever asks of
 * the same reply gets the same object.
 */
export const objectOf = remembered(({ body }: VendorReply): Fields | null => {
  try {
    return asObject(JSON.parse(body));
  } catch {
    return null;
  }
});

/** The objects of an array, without other elements; empty for anything but an array. */
export function objectsIn(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** The error for a malformed response: the effect of the call, if any, is unknown. */
export function malformed(
  provider: { readonly name: string; readonly operation: string; readonly requestId: string | null },
  { httpStatus }: VendorReply,
  detail: string,
): VendorError {
  return new VendorError(vendorFailure({ kind: 'malformed', detail, provider: { ...provider, httpStatus } }));
}
