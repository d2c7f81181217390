import type { TraceParent } from './traceparent.ts';

/** All that a span may say. No secret, no URL, no body: an allow-list by type. */
export interface SpanAttributes {
  readonly 'http.request.method'?: string;
  readonly 'http.route'?: string;
  readonly 'http.response.status_code'?: number;
  /** Of requests that a route fits: it holds ids of ours and names of the contract. */
  readonly 'url.path'?: string;
  readonly 'server.address'?: string;
  readonly 'godwit.webhook_id'?: string;
  readonly 'godwit.request_id'?: string;
  readonly 'godwit.migration_id'?: string;
  /** Of those that a dialogue was for, the first ones. */
  readonly 'godwit.migration_ids'?: readonly string[];
  readonly 'godwit.provider'?: string;
  readonly 'godwit.account'?: string;
  readonly 'godwit.step'?: string;
  readonly 'godwit.operation'?: string;
  readonly 'godwit.effect'?: string;
  readonly 'godwit.outcome'?: string;
  /** How many migrations one dialogue was for. */
  readonly 'godwit.migrations'?: number;
  readonly 'godwit.vendor_request_id'?: string;
}

export interface SpanStart {
  readonly name: string;
  readonly kind: 'server' | 'client' | 'internal';
  /** Its parent: a span of this process, a span of the caller, or nothing. */
  readonly parent: OpenSpan | TraceParent | null;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly attributes: SpanAttributes;
}

/** A span that has begun. */
export interface OpenSpan extends TraceParent {
  set(attributes: SpanAttributes): void;
  /** Marks it as failed. */
  fail(): void;
  /** `at`: milliseconds since the epoch. */
  end(at: number): void;
}

/** Where spans go. Without one nothing is recorded. */
export interface Tracing {
  start(span: SpanStart): OpenSpan;
  /** Sends what is left. */
  close(): Promise<void>;
}
