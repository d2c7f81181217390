import type { Instant } from '../../../src/domain/migration.ts';
import { readRetryAfter } from '../../../src/domain/retry-after.ts';
import {
  type FailureKind,
  type VendorError,
  type VendorFailure,
  type VendorReply,
  type VendorRequest,
  vendorFailure,
} from '../../../src/domain/vendor.ts';
import { textOf } from '../../../src/providers/kit/issuing.ts';
import { asObject, malformed, objectOf } from '../../../src/providers/kit/json.ts';

/** A restore as the vendor lists it. */
export interface Restore {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly reason: string | null;
  readonly startedAt: Instant | null;
}

const kinds: Readonly<Record<string, FailureKind>> = {
  BadKey: 'unauthenticated',
  NoSuchInstance: 'not_found',
  InstanceBusy: 'busy',
  NameTaken: 'replayed',
  ChainBroken: 'rejected',
};

function kindOf(code: string | null, httpStatus: number): FailureKind {
  if (httpStatus === 429) return 'throttled';
  if (httpStatus >= 500) return 'unavailable';
  return (code !== null && Object.hasOwn(kinds, code) && kinds[code]) || (code === null ? 'malformed' : 'rejected');
}

/** The failure in a reply: this vendor sends `{ "error": { "code", "message" } }` with a status other than 2xx. */
export function failureOf({ operation }: VendorRequest, reply: VendorReply): VendorFailure | null {
  const { httpStatus, headers, receivedAt } = reply;
  const body = objectOf(reply);
  const error = asObject(body?.error);
  if (httpStatus >= 200 && httpStatus < 300 && body !== null && error === null) return null;
  const code = textOf(error?.code);
  const kind = httpStatus >= 200 && httpStatus < 300 ? 'malformed' : kindOf(code, httpStatus);
  return vendorFailure({
    kind,
    detail: `Pelican Cloud answered ${operation} with ${code ?? `HTTP ${httpStatus}`}.`,
    provider: { name: 'pelican', operation, code, message: textOf(error?.message), httpStatus },
    retryAfterMs: readRetryAfter(headers, receivedAt),
  });
}

export function malformedReply(operation: string, reply: VendorReply, what: string): VendorError {
  return malformed({ name: 'pelican', operation, requestId: null }, reply, `The answer to ${operation} ${what}.`);
}

/** Throws `VendorError` of kind `malformed` for a reply without a list, or with an unreadable row. */
export function restoresIn(operation: string, reply: VendorReply): readonly Restore[] {
  const rows = objectOf(reply)?.restores;
  if (!Array.isArray(rows)) throw malformedReply(operation, reply, 'holds no list of restores');
  return rows.map((row) => {
    const fields = asObject(row);
    const [id, name, status] = [textOf(fields?.id), textOf(fields?.name), textOf(fields?.status)];
    if (id === null || name === null || status === null)
      throw malformedReply(operation, reply, 'holds an unreadable row');
    const startedAt = Date.parse(String(fields?.startedAt));
    return { id, name, status, reason: textOf(fields?.reason), startedAt: Number.isNaN(startedAt) ? null : startedAt };
  });
}
