import type { Runtime } from '../domain/runtime.ts';
import type { HttpTelemetry, RequestStart } from '../domain/telemetry.ts';
import { within } from './context.ts';
import type { HttpMetrics } from './metrics/http.ts';
import type { SpanAttributes, Tracing } from './span.ts';
import { readTraceParent, writeTraceParent } from './traceparent.ts';

/** Probes and scrapers call these routes every few seconds, and their spans would hide all others. */
const untraced: ReadonlySet<string> = new Set(['/livez', '/readyz', '/metrics']);

/** Returns the function that counts, times and traces a request. The span continues the caller's trace if there is one. */
export function requestTelemetry(
  metrics: HttpMetrics,
  tracing: Tracing | null,
  { now }: Pick<Runtime, 'now'>,
): HttpTelemetry['begin'] {
  return ({ requestId, method, route, address, traceparent, tracestate }) => {
    const startedAt = now();
    const parent = readTraceParent(traceparent, tracestate);
    const span =
      tracing === null || (route !== null && untraced.has(route))
        ? null
        : tracing.start({
            name: `${method} ${route ?? '(no route)'}`,
            kind: 'server',
            parent,
            startedAt,
            attributes: {
              'http.request.method': method,
              ...(route !== null && { 'http.route': route }),
              ...addressAttributes(address?.() ?? {}),
              'godwit.request_id': requestId,
            },
          });
    const traceId = span?.traceId ?? parent?.traceId ?? null;
    metrics.began();
    let ended = false;
    return {
      traceId,
      traceparent: span === null ? null : writeTraceParent(span),
      run: (work) => within({ requestId, traceId, span }, work),
      end(status, streamed) {
        if (ended) return;
        ended = true;
        const endedAt = now();
        metrics.ended({ method, route, status, durationMs: streamed ? null : endedAt - startedAt });
        if (span === null) return;
        if (status !== null) span.set({ 'http.response.status_code': status });
        if (status === null || status >= 500) span.fail();
        span.end(endedAt);
      },
    };
  };
}

function addressAttributes({ path, host }: ReturnType<NonNullable<RequestStart['address']>>): SpanAttributes {
  return { ...(path !== undefined && { 'url.path': path }), ...(host !== undefined && { 'server.address': host }) };
}
