import { pino } from 'pino';
import { systemRuntime } from '../../../src/runtime.ts';
import { createTelemetry } from '../../../src/telemetry/telemetry.ts';

export interface ExposedMetric {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  /** Empty for metrics of the process. */
  readonly labels: readonly string[];
}

/** All metrics that a gateway serves at `/metrics`: its own first, then those of the process. */
export async function exposedMetrics(): Promise<{
  readonly own: readonly ExposedMetric[];
  readonly ofProcess: readonly ExposedMetric[];
}> {
  const telemetry = createTelemetry({
    runtime: systemRuntime,
    log: pino({ level: 'silent' }),
    version: 'test',
    store: { statistics: async () => [], nextDue: async () => null },
    accounts: [],
    inFlight: () => 0,
    circuits: () => [],
    slowedOperations: () => [],
    limitShare: () => 1,
    tracing: null,
  });
  const labelsOf = new Map(
    telemetry.registry.getMetricsAsArray().map((each) => [each.name, (each as unknown as Labelled).labelNames]),
  );
  const { body } = await telemetry.http.exposition();
  const all = [...body.matchAll(/^# HELP (\S+) (.*)\n# TYPE \S+ (\w+)$/gm)].map(
    ([, name = '', help = '', type = '']) => ({
      name,
      type,
      help,
      labels: labelsOf.get(name) ?? [],
    }),
  );
  return {
    own: all.filter(({ name }) => labelsOf.has(name)),
    ofProcess: all.filter(({ name }) => !labelsOf.has(name)),
  };
}

/** Members that every prom-client metric has and its types lack. */
interface Labelled {
  readonly labelNames: readonly string[];
}

/** The names of the series of a metric. */
export function seriesOf({ name, type }: ExposedMetric): readonly string[] {
  if (type === 'histogram') return [`${name}_bucket`, `${name}_sum`, `${name}_count`];
  return type === 'summary' ? [name, `${name}_sum`, `${name}_count`] : [name];
}
