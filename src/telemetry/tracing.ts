import type { Tracing } from './span.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Whether the standard environment variables enable tracing: an OTLP endpoint is set and tracing is not disabled. */
export function tracesWanted(environment: Environment): boolean {
  if (environment.OTEL_SDK_DISABLED?.toLowerCase() === 'true') return false;
  if (environment.OTEL_TRACES_EXPORTER === 'none') return false;
  return Boolean(environment.OTEL_EXPORTER_OTLP_ENDPOINT || environment.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT);
}

/**
 * Creates the tracing that the environment configures, or returns null. The OpenTelemetry SDK is loaded only if tracing is enabled. `warn`
 * receives the warnings of the exporter.
 */
export async function tracingOf(
  environment: Environment,
  version: string,
  warn: (message: string) => void,
): Promise<Tracing | null> {
  if (!tracesWanted(environment)) return null;
  const { exportingTracing } = await import('./opentelemetry.ts');
  return exportingTracing(environment, version, warn);
}
