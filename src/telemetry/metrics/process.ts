import { collectDefaultMetrics, Registry } from 'prom-client';

let shared: Registry | null = null;

/** Memory, CPU, event loop and garbage collection of this process. All gateways in the process share one registry. */
export function processMetrics(): Registry {
  if (shared === null) {
    shared = new Registry();
    collectDefaultMetrics({ register: shared });
  }
  return shared;
}
