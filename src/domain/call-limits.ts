import type { Account, VendorRequest } from './vendor.ts';

/** At most `calls` in any period of `perMs` milliseconds. `calls` is a whole number of at least 1. */
export interface CallLimit {
  readonly calls: number;
  readonly perMs: number;
}

/** What a vendor takes of one operation from one account in one region. */
export interface OperationLimit extends CallLimit {
  /** The vendor's page that has the figure, or whose figure is assumed. */
  readonly source: string;
  /** Operations with the same name here share one budget. Default: the operation has a budget of its own. */
  readonly budget?: string;
}

/** The figures that a vendor publishes, by operation. */
export type CallLimits = Readonly<Record<string, OperationLimit>>;

/**
 * The limit of an operation for an account, and the name of its budget: what the account's configuration says of the operation, else what the vendor
 * publishes, else the account's limit for calls of its kind.
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

/** A rate in calls per second as a limit: whole calls, in the shortest period that has at least one. */
export function limitPerSecond(perSecond: number): CallLimit {
  const calls = Math.max(Math.floor(perSecond), 1);
  return { calls, perMs: (calls * 1000) / perSecond };
}
