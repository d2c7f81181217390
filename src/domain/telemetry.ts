import type { FailureKind, VendorCallReport, VendorClockReport, VendorLoginReport } from './vendor.ts';
import type { ProviderId } from './vocabulary.ts';

/** One step of the engine, for traces. */
export interface EngineStep {
  /** `send`: store the intent, call, store the outcome. `probe`: settle a call in doubt. `observe`: read the status of a group of migrations. */
  readonly step: 'send' | 'probe' | 'observe';
  readonly provider: ProviderId;
  readonly account: string;
  /** The changing call of the step; absent for `observe`. */
  readonly operation?: string;
  /** Absent for `observe`. */
  readonly migrationId?: string;
  /** For `observe`: the migrations of the group. */
  readonly migrationIds?: readonly string[];
}

/** An event of the engine, for logs and metrics. */
export type EngineReport =
  /** The engine claimed due migrations. */
  | { readonly event: 'claimed'; readonly count: number }
  /** A changing call was sent. */
  | {
      readonly event: 'sent';
      readonly provider: ProviderId;
      readonly account: string;
      readonly operation: string;
      readonly outcome: 'accepted' | FailureKind;
    }
  /** The engine probed for an in-doubt call. `failed`: the vendor could not be read. */
  | {
      readonly event: 'probed';
      readonly provider: ProviderId;
      readonly account: string;
      readonly operation: string;
      readonly found: 'yes' | 'no' | 'unclear' | 'failed';
    }
  /** One dialogue observed `count` migrations. */
  | {
      readonly event: 'observed';
      readonly provider: ProviderId;
      readonly account: string;
      readonly outcome: 'ok' | FailureKind;
      readonly count: number;
    }
  /** A watched folder was listed. `behindSeconds`: of its migration that is furthest behind; null: unknown. */
  | {
      readonly event: 'feed_scanned';
      readonly provider: ProviderId;
      readonly account: string;
      readonly outcome: 'ok' | FailureKind;
      readonly behindSeconds: number | null;
    }
  /** A file of a watched folder became a backup. */
  | { readonly event: 'feed_taken'; readonly provider: ProviderId; readonly account: string; readonly count: number }
  /** Work ended before its outcome was stored. It continues after the lease ends. */
  | { readonly event: 'interrupted'; readonly reason: 'store_unavailable' | 'error' };

/** The engine's telemetry. Its methods do not throw. */
export interface EngineTelemetry {
  /** Runs a step. Reports and calls inside `work` belong to it. */
  step<T>(step: EngineStep, work: () => Promise<T>): Promise<T>;
  report(report: EngineReport): void;
}

/** The telemetry of calls to vendors. Its methods do not throw. */
export interface VendorTelemetry {
  call(report: VendorCallReport): void;
  login(report: VendorLoginReport): void;
  clock(report: VendorClockReport): void;
}

/** The beginning of an HTTP request. */
export interface RequestStart {
  readonly requestId: string;
  readonly method: string;
  /** Pattern of the route, such as `/migrations/:id`; null: no route matches. */
  readonly route: string | null;
  /** Path without query (if a route matches) and called host without port. Called only if a span is recorded. */
  address?(): { readonly path?: string; readonly host?: string };
  /** The caller's `traceparent` and `tracestate` headers, verbatim. */
  readonly traceparent: string | undefined;
  readonly tracestate?: string | undefined;
}

/** An HTTP request in progress. */
export interface RequestInProgress {
  /** 32 hex digits; null: the caller sent none, and nothing is recorded. */
  readonly traceId: string | null;
  /** Value of the response's `traceparent` header; null unless a trace is recorded or continued. */
  readonly traceparent: string | null;
  /** Runs `work` so that its calls and logs belong to this request. */
  run(work: () => void): void;
  /**
   * Records the end of the request. `status`: null if the client had disconnected. `streamed`: an event stream, whose duration is not recorded.
   * Only the first call counts.
   */
  end(status: number | null, streamed: boolean): void;
}

/** The telemetry of the HTTP surface, and the metrics to serve at `/metrics`. */
export interface HttpTelemetry {
  begin(request: RequestStart): RequestInProgress;
  /** All metrics in a Prometheus text format. */
  exposition(): Promise<{ readonly contentType: string; readonly body: string }>;
}

/** One attempt to deliver an event. `error`: Godwit's own text, without any part of the receiver's response. */
export interface WebhookAttempt {
  readonly webhookId: string;
  readonly deliveryId: string;
  readonly outcome: 'delivered' | 'to_be_retried' | 'given_up';
  readonly error: string | null;
  /** Duration of the attempt; 0 if nothing was sent. */
  readonly durationMs: number;
}

/** The telemetry of webhooks. Its methods do not throw. */
export interface WebhookTelemetry {
  attempted(attempt: WebhookAttempt): void;
  /** Work was interrupted and is resumed later. */
  interrupted(error: string): void;
}
