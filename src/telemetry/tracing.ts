import type { Tracing } from './span.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Whether the standard environment variables ask for traces: an OTLP endpoint is named and nothing switches them off. */
export function tracesWanted(environment: Environment): boolean {
  if (environment.OTEL_SDK_DISABLED?.toLowerCase() === 'true') return false;
  if (environment.OTEL_TRACES_EXPORTER === 'none') return false;
  return Boolean(environment.OTEL_EXPORTER_OTLP_ENDPOINT || environment.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT);
}

/**
 * Traces as the environment asks for them, or null. The OpenTelemetry SDK is loaded only when they are wanted. `warn` gets what the
 * exporter complains about.
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
