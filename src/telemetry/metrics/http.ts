import type { Metrics } from './registry.ts';

const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
/** Buckets in seconds, up to the maximum of `Prefer: wait`. */
const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30];

/** Metrics about HTTP requests. */
export interface HttpMetrics {
  began(): void;
  /** `durationMs`: null for an event stream, whose duration says nothing about the gateway. */
  ended(request: {
    readonly method: string;
    readonly route: string | null;
    readonly status: number | null;
    readonly durationMs: number | null;
  }): void;
}

/** Creates the metrics about HTTP requests. */
export function httpMetrics({ counter, gauge, histogram }: Metrics): HttpMetrics {
  const labels = ['method', 'route', 'status_class'] as const;
  const requests = counter(
    'http_requests_total',
    'Answered requests by method, route pattern and class of status; `aborted`: the caller disconnected before the answer',
    labels,
  );
  const durations = histogram(
    'http_request_duration_seconds',
    'Time from the headers of a request to the end of its answer, without event streams',
    labels,
    seconds,
  );
  const inFlight = gauge('http_requests_in_flight', 'Requests in progress');
  return {
    began: () => inFlight.inc(),
    ended({ method, route, status, durationMs }) {
      inFlight.dec();
      const values = {
        method: methods.has(method) ? method : 'other',
        route: route ?? 'none',
        status_class: status === null ? 'aborted' : `${Math.floor(status / 100)}xx`,
      };
      requests.inc(values);
      if (durationMs !== null) durations.observe(values, durationMs / 1000);
    },
  };
}
