import type { SandboxCloud, SandboxRequest, SandboxResponse } from './cloud.ts';

/** At most so many calls of an operation in any period of so many milliseconds. */
export interface StrictLimit {
  readonly calls: number;
  readonly perMs: number;
}

/** A call that was throttled, by the cloud's clock. */
export interface ThrottledCall {
  readonly operation: string;
  readonly at: number;
}

/** A cloud that throttles. */
export interface StrictCloud extends SandboxCloud {
  /** Calls beyond a limit so far. They were answered as the vendor throttles, and not carried out. */
  throttled(): readonly ThrottledCall[];
}

/**
 * The cloud with limits per operation as strict as can be: the calls of every period count, wherever it begins, and throttled ones count too. `limitOf` null:
 * there is no limit.
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

/** Its methods, whether the cloud is an object or of a class. */
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
