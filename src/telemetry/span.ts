import type { TraceParent } from './traceparent.ts';

/** All attributes of a span, an allow-list by type: no secret, URL or body. */
export interface SpanAttributes {
  readonly 'http.request.method'?: string;
  readonly 'http.route'?: string;
  readonly 'http.response.status_code'?: number;
  /** Only for requests with a route: it contains ids of Godwit and names of the contract. */
  readonly 'url.path'?: string;
  readonly 'server.address'?: string;
  readonly 'godwit.webhook_id'?: string;
  readonly 'godwit.request_id'?: string;
  readonly 'godwit.migration_id'?: string;
  /** The first migrations that a dialogue was for. */
  readonly 'godwit.migration_ids'?: readonly string[];
  readonly 'godwit.provider'?: string;
  readonly 'godwit.account'?: string;
  readonly 'godwit.step'?: string;
  readonly 'godwit.operation'?: string;
  readonly 'godwit.effect'?: string;
  readonly 'godwit.outcome'?: string;
  /** Number of migrations that a dialogue was for. */
  readonly 'godwit.migrations'?: number;
  readonly 'godwit.vendor_request_id'?: string;
}

export interface SpanStart {
  readonly name: string;
  readonly kind: 'server' | 'client' | 'internal';
  /** Its parent: a span of this process, a span of the caller, or none. */
  readonly parent: OpenSpan | TraceParent | null;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly attributes: SpanAttributes;
}

/** A started span. */
export interface OpenSpan extends TraceParent {
  set(attributes: SpanAttributes): void;
  /** Marks it as failed. */
  fail(): void;
  /** `at`: milliseconds since the epoch. */
  end(at: number): void;
}

/** The recorder of spans. Without one nothing is recorded. */
export interface Tracing {
  start(span: SpanStart): OpenSpan;
  /** Sends the remaining spans. */
  close(): Promise<void>;
}
