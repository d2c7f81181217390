import {
  type Context,
  createTraceState,
  DiagLogLevel,
  diag,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  type SpanProcessor,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { OpenSpan, SpanAttributes, SpanStart, Tracing } from './span.ts';
import type { TraceParent } from './traceparent.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const kinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL } as const;

/**
 * Creates the tracing that exports spans in batches over OTLP (`http/protobuf`). The exporter reads its endpoint, headers, timeout and
 * compression from the environment. `warn` receives its warnings.
 */
export function exportingTracing(environment: Environment, version: string, warn: (message: string) => void): Tracing {
  const complain = (message: string): void => warn(message.slice(0, 300));
  diag.setLogger({ error: complain, warn: complain, info: noop, debug: noop, verbose: noop }, DiagLogLevel.WARN);
  const protocol = environment.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL ?? environment.OTEL_EXPORTER_OTLP_PROTOCOL;
  if (protocol !== undefined && protocol !== 'http/protobuf')
    complain(`OTEL_EXPORTER_OTLP_PROTOCOL is ${protocol}; traces are sent as http/protobuf`);
  const processor = new BatchSpanProcessor({ exporter: new OTLPTraceExporter(), ...batchOptions(environment) });
  return tracingOver(processor, samplerOf(environment, complain), version);
}

/** Creates the tracing over a span processor. */
export function tracingOver(processor: SpanProcessor, sampler: Sampler, version: string): Tracing {
  const own = resourceFromAttributes({ 'service.name': 'godwit', 'service.version': version });
  const provider = new TracerProvider({
    sampler,
    resource: defaultResource()
      .merge(own)
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [processor],
  });
  const tracer = provider.getTracer('godwit', version);
  return {
    start({ name, kind, parent, startedAt, attributes }) {
      const span = tracer.startSpan(
        name,
        { kind: kinds[kind], startTime: startedAt, attributes: { ...attributes } },
        contextOf(parent),
      );
      return new RecordedSpan(span);
    },
    close: () => provider.shutdown(),
  };
}

class RecordedSpan implements OpenSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly sampled: boolean;
  readonly context: Context;
  readonly #span: Span;

  constructor(span: Span) {
    const { traceId, spanId, traceFlags } = span.spanContext();
    this.#span = span;
    this.traceId = traceId;
    this.spanId = spanId;
    this.sampled = (traceFlags & 1) === 1;
    this.context = trace.setSpan(ROOT_CONTEXT, span);
  }

  set(attributes: SpanAttributes): void {
    this.#span.setAttributes({ ...attributes });
  }

  fail(): void {
    this.#span.setStatus({ code: SpanStatusCode.ERROR });
  }

  end(at: number): void {
    this.#span.end(at);
  }
}

function contextOf(parent: SpanStart['parent']): Context {
  if (parent === null) return ROOT_CONTEXT;
  if (parent instanceof RecordedSpan) return parent.context;
  const { traceId, spanId, sampled, state }: TraceParent = parent;
  const noted = state === undefined ? {} : { traceState: createTraceState(state) };
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: sampled ? 1 : 0, isRemote: true, ...noted });
}

/**
 * Returns the sampler that `OTEL_TRACES_SAMPLER` and `OTEL_TRACES_SAMPLER_ARG` select. The default `parentbased_always_on` records every
 * trace unless the caller has decided otherwise. An unknown name is reported to `complain` and replaced by the default.
 */
export function samplerOf(environment: Environment, complain: (message: string) => void): Sampler {
  const name = environment.OTEL_TRACES_SAMPLER || 'parentbased_always_on';
  const given = Number(environment.OTEL_TRACES_SAMPLER_ARG || '1');
  const ratio = given >= 0 && given <= 1 ? given : 1;
  const root: Readonly<Record<string, () => Sampler>> = {
    always_on: () => new AlwaysOnSampler(),
    always_off: () => new AlwaysOffSampler(),
    traceidratio: () => new TraceIdRatioBasedSampler(ratio),
  };
  const make = root[name.replace(/^parentbased_/, '')];
  if (make === undefined) {
    complain(`OTEL_TRACES_SAMPLER ${name} is unknown; every trace is sampled`);
    return new ParentBasedSampler({ root: new AlwaysOnSampler() });
  }
  return name.startsWith('parentbased_') ? new ParentBasedSampler({ root: make() }) : make();
}

function batchOptions(environment: Environment) {
  const number = (name: string): number | undefined => {
    const value = Number(environment[name] || Number.NaN);
    return Number.isInteger(value) && value > 0 ? value : undefined;
  };
  const scheduledDelayMillis = number('OTEL_BSP_SCHEDULE_DELAY');
  const maxQueueSize = number('OTEL_BSP_MAX_QUEUE_SIZE');
  const maxExportBatchSize = number('OTEL_BSP_MAX_EXPORT_BATCH_SIZE');
  const exportTimeoutMillis = number('OTEL_BSP_EXPORT_TIMEOUT');
  return {
    ...(scheduledDelayMillis !== undefined && { scheduledDelayMillis }),
    ...(maxQueueSize !== undefined && { maxQueueSize }),
    ...(maxExportBatchSize !== undefined && { maxExportBatchSize }),
    ...(exportTimeoutMillis !== undefined && { exportTimeoutMillis }),
  };
}

function noop(): void {
  // Only warnings and errors are logged.
}
