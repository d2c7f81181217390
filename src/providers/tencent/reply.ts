import { remembered } from '../../domain/remembered.ts';
import type { VendorError, VendorReply } from '../../domain/vendor.ts';
import { type Fields, isObject, malformed } from '../kit/json.ts';

type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;
const parseWithSource = JSON.parse as (text: string, reviver: Reviver) => unknown;

/** A body without such a run of digits contains no number beyond 2^53. */
const longNumber = /\d{16}/;

/**
 * Parses the body of a response as JSON. Integers beyond 2^53 become texts of their digits. Undefined if it is not JSON. The result is
 * cached.
 */
export const jsonOf = remembered(({ body }: VendorReply): unknown => {
  try {
    if (!longNumber.test(body)) return JSON.parse(body);
    return parseWithSource(body, (_key, value, { source }) =>
      typeof value === 'number' && !Number.isSafeInteger(value) && source !== undefined && /^\d+$/.test(source)
        ? source
        : value,
    );
  } catch {
    return undefined;
  }
});

/** The `Response` object of the envelope; null if there is none. */
export function responseOf(reply: VendorReply): Fields | null {
  const body = jsonOf(reply);
  return isObject(body) && isObject(body.Response) ? body.Response : null;
}

/** A text without surrounding white space (the vendor's samples end in line breaks), or a number as text; null for any other value. */
export function asText(value: unknown): string | null {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  return typeof value === 'string' ? value.trim() : null;
}

/** An integer, also in quotes; null for any other value. */
export function asInteger(value: unknown): number | null {
  const number = typeof value === 'string' && /^\s*-?\d{1,15}\s*$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : null;
}

/** An id that consists of digits, as a number or a text; null for any other value. */
export function asDigits(value: unknown): string | null {
  const text = asText(value);
  return text !== null && /^\d+$/.test(text) ? text : null;
}

/** The texts of an array, without other elements. */
export function asTexts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(asText).filter((each) => each !== null) : [];
}

/** The vendor's request id, which its support needs; null if there is none. */
export function requestIdOf(response: Fields | null): string | null {
  return response === null ? null : asText(response.RequestId);
}

/** The error for a malformed response. A changing call with this error is in doubt. */
export function malformedReply(operation: string, reply: VendorReply, what: string): VendorError {
  const requestId = requestIdOf(responseOf(reply));
  return malformed({ name: 'tencent', operation, requestId }, reply, `The response to ${operation} ${what}.`);
}

/** The `Response` object. Throws `VendorError` of kind `malformed` if there is none. */
export function requireResponse(operation: string, reply: VendorReply): Fields {
  const response = responseOf(reply);
  if (response === null) throw malformedReply(operation, reply, 'lacks `Response` object');
  return response;
}

/** A non-empty text field of the response. Throws `VendorError` of kind `malformed` if it is missing. */
export function requireText(operation: string, reply: VendorReply, field: string): string {
  const value = asText(requireResponse(operation, reply)[field]);
  if (value === null || value === '') throw malformedReply(operation, reply, `lacks ${field}`);
  return value;
}
