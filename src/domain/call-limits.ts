import type { Account, VendorRequest } from './vendor.ts';

/** At most `calls` (a whole number of at least 1) in any period of `perMs` milliseconds. */
export interface CallLimit {
  readonly calls: number;
  readonly perMs: number;
}

/** A vendor's rate limit for one operation, per account and region. */
export interface OperationLimit extends CallLimit {
  /** The vendor's page with the figure. For an assumed figure: the page that it is taken from. */
  readonly source: string;
  /** Operations with the same name here share one budget. Default: each operation has its own. */
  readonly budget?: string;
}

/** The rate limits that a vendor publishes, by operation. */
export type CallLimits = Readonly<Record<string, OperationLimit>>;

/**
 * The rate limit of an operation for an account, and the name of its budget. In order of precedence: the account's setting for the
 * operation, the vendor's published limit, the account's limit for reads or writes.
 */
export function limitOf(
  published: CallLimits,
  { limits }: Pick<Account, 'limits'>,
  { operation, effect }: Pick<VendorRequest, 'operation' | 'effect'>,
): { readonly budget: string; readonly limit: CallLimit } {
  const perSecond = limits.operations?.[operation];
  if (perSecond !== undefined) return { budget: operation, limit: limitPerSecond(perSecond) };
  const limit = published[operation];
  if (limit !== undefined) return { budget: limit.budget ?? operation, limit };
  return {
    budget: operation,
    limit: limitPerSecond(effect === 'read' ? limits.readsPerSecond : limits.writesPerSecond),
  };
}

/** A rate in calls per second as a limit: whole calls in the shortest period that has at least one call. */
export function limitPerSecond(perSecond: number): CallLimit {
  const calls = Math.max(Math.floor(perSecond), 1);
  return { calls, perMs: (calls * 1000) / perSecond };
}
