import type { SandboxCloud, SandboxRequest, SandboxResponse } from '../../src/sandbox/cloud.ts';

/** At most `calls` calls of an operation in any period of `perMs` milliseconds. */
export interface StrictLimit {
  readonly calls: number;
  readonly perMs: number;
}

/** A throttled call by the cloud's clock. */
export interface ThrottledCall {
  readonly operation: string;
  readonly at: number;
}

/** A cloud with limits. */
export interface StrictCloud extends SandboxCloud {
  /** Throttled calls so far, none of which was executed. */
  throttled(): readonly ThrottledCall[];
}

/**
 * Wraps a cloud with strict limits per operation: they hold in every period, wherever it starts, and count throttled
 * calls too. `limitOf` returns null for an unlimited operation.
 */
export function withStrictLimits(
  cloud: SandboxCloud,
  limitOf: (operation: string) => StrictLimit | null,
  now: () => number,
): StrictCloud {
  const calls = new Map<string, number[]>();
  const throttled: ThrottledCall[] = [];
  function handle(request: SandboxRequest): SandboxResponse {
    const operation = cloud.operationOf(request);
    const limit = limitOf(operation);
    if (limit === null) return cloud.handle(request);
    const at = now();
    const recent = (calls.get(operation) ?? []).filter((each) => each > at - limit.perMs);
    calls.set(operation, [...recent, at]);
    if (recent.length < limit.calls) return cloud.handle(request);
    throttled.push({ operation, at });
    return cloud.fault('throttled', request);
  }
  return { ...methodsOf(cloud), handle, throttled: () => throttled };
}

/** The cloud's methods, whether it is an object literal or a class instance. */
function methodsOf(cloud: SandboxCloud): SandboxCloud {
  return {
    name: cloud.name,
    handle: (request) => cloud.handle(request),
    fault: (kind, request) => cloud.fault(kind, request),
    carryOut: (operation, parameters) => cloud.carryOut(operation, parameters),
    operationOf: (request) => cloud.operationOf(request),
    journal: () => cloud.journal(),
    snapshot: () => cloud.snapshot(),
    ...(cloud.refuse && { refuse: (error, request) => cloud.refuse?.(error, request) as SandboxResponse }),
  };
}
