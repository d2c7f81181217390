import type { TraceParent } from './traceparent.ts';

/** All attributes of a span. The type is an allow-list: it has no secret, URL or body. */
export interface SpanAttributes {
  readonly 'http.request.method'?: string;
  readonly 'http.route'?: string;
  readonly 'http.response.status_code'?: number;
  /** Set only for a request with a route. The path then consists of ids of Godwit and names of the contract. */
  readonly 'url.path'?: string;
  readonly 'server.address'?: string;
  readonly 'godwit.webhook_id'?: string;
  readonly 'godwit.request_id'?: string;
  readonly 'godwit.migration_id'?: string;
  /** Up to 20 of the migrations that the observation is for. */
  readonly 'godwit.migration_ids'?: readonly string[];
  readonly 'godwit.provider'?: string;
  readonly 'godwit.account'?: string;
  readonly 'godwit.step'?: string;
  readonly 'godwit.operation'?: string;
  readonly 'godwit.effect'?: string;
  readonly 'godwit.outcome'?: string;
  /** Number of migrations that the observation is for. */
  readonly 'godwit.migrations'?: number;
  readonly 'godwit.vendor_request_id'?: string;
}

/** The properties of a new span. */
export interface SpanStart {
  readonly name: string;
  readonly kind: 'server' | 'client' | 'internal';
  /** A span of this process, a span of the caller, or null. */
  readonly parent: OpenSpan | TraceParent | null;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly attributes: SpanAttributes;
}

/** A started span. */
export interface OpenSpan extends TraceParent {
  set(attributes: SpanAttributes): void;
  /** Marks the span as failed. */
  fail(): void;
  /** Ends the span. `at`: milliseconds since the epoch. */
  end(at: number): void;
}

/** Records spans. */
export interface Tracing {
  start(span: SpanStart): OpenSpan;
  /** Exports the remaining spans. */
  close(): Promise<void>;
}
