import type { Tracing } from './span.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Whether the standard environment variables enable tracing: an OTLP endpoint is named and nothing disables it. */
export function tracesWanted(environment: Environment): boolean {
  if (environment.OTEL_SDK_DISABLED?.toLowerCase() === 'true') return false;
  if (environment.OTEL_TRACES_EXPORTER === 'none') return false;
  return Boolean(environment.OTEL_EXPORTER_OTLP_ENDPOINT || environment.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT);
}

/**
 * Creates the tracing that the environment asks for, or null. The OpenTelemetry SDK is loaded only if needed. `warn` receives the
 * exporter's complaints.
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
