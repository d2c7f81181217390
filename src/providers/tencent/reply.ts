import { remembered } from '../../domain/remembered.ts';
import type { VendorError, VendorReply } from '../../domain/vendor.ts';
import { type Fields, isObject, malformed } from '../kit/json.ts';

type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;
const parseWithSource = JSON.parse as (text: string, reviver: Reviver) => unknown;

/** Shorter texts contain no number beyond 2^53. */
const longNumber = /\d{16}/;

/** The JSON in the body of a reply, with integers beyond 2^53 as their digits; undefined when it is not JSON. It is read once. */
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

/** The `Response` object of the envelope, or null when there is none. */
export function responseOf(reply: VendorReply): Fields | null {
  const body = jsonOf(reply);
  return isObject(body) && isObject(body.Response) ? body.Response : null;
}

/** A text without surrounding white space (samples end in line breaks), a number as its digits; null for anything else. */
export function asText(value: unknown): string | null {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  return typeof value === 'string' ? value.trim() : null;
}

/** An integer, also one in quotes; null for anything else. */
export function asInteger(value: unknown): number | null {
  const number = typeof value === 'string' && /^\s*-?\d{1,15}\s*$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : null;
}

/** An id that is a run of digits, from a number or a string; null for anything else. */
export function asDigits(value: unknown): string | null {
  const text = asText(value);
  return text !== null && /^\d+$/.test(text) ? text : null;
}

/** The texts of an array; everything else in it is dropped. */
export function asTexts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(asText).filter((each) => each !== null) : [];
}

/** The vendor's request id, which its support asks for. */
export function requestIdOf(response: Fields | null): string | null {
  return response === null ? null : asText(response.RequestId);
}

/** The error for a malformed response. */
export function malformedReply(operation: string, reply: VendorReply, what: string): VendorError {
  const requestId = requestIdOf(responseOf(reply));
  return malformed({ name: 'tencent', operation, requestId }, reply, `The answer to ${operation} ${what}.`);
}

/** The `Response` object. Throws `VendorError` of kind `malformed` when there is none. */
export function requireResponse(operation: string, reply: VendorReply): Fields {
  const response = responseOf(reply);
  if (response === null) throw malformedReply(operation, reply, 'carries no `Response` object');
  return response;
}

/** A non-empty text field of the response. Throws `VendorError` of kind `malformed` when it is missing. */
export function requireText(operation: string, reply: VendorReply, field: string): string {
  const value = asText(requireResponse(operation, reply)[field]);
  if (value === null || value === '') throw malformedReply(operation, reply, `carries no ${field}`);
  return value;
}
