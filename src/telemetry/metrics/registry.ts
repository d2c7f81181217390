import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** The metrics registry of one gateway, with functions to add metrics. Metrics of the process have a registry of their own in `process.ts`. */
export interface Metrics {
  readonly registry: Registry;
  counter<L extends string = never>(name: string, help: string, labels?: readonly L[]): Counter<L>;
  gauge<L extends string = never>(name: string, help: string, labels?: readonly L[]): Gauge<L>;
  histogram<L extends string = never>(
    name: string,
    help: string,
    labels: readonly L[],
    buckets: readonly number[],
  ): Histogram<L>;
}

/** Creates a registry. It prefixes every name with `godwit_`. */
export function createRegistry(): Metrics {
  const registry = new Registry();
  const of = <L extends string>(name: string, help: string, labels: readonly L[] = []) => ({
    name: `godwit_${name}`,
    help,
    labelNames: labels,
    registers: [registry],
  });
  return {
    registry,
    counter: (name, help, labels) => new Counter(of(name, help, labels)),
    gauge: (name, help, labels) => new Gauge(of(name, help, labels)),
    histogram: (name, help, labels, buckets) => new Histogram({ ...of(name, help, labels), buckets: [...buckets] }),
  };
}
