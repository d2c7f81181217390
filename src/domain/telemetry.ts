import type { FailureKind, VendorCallReport, VendorClockReport, VendorLoginReport } from './vendor.ts';
import type { ProviderId } from './vocabulary.ts';

/** One step of the engine's work. */
export interface EngineStep {
  /** `send`: store the intent, call, store the outcome. `probe`: for a call in doubt. `observe`: a group of migrations. */
  readonly step: 'send' | 'probe' | 'observe';
  readonly provider: ProviderId;
  readonly account: string;
  /** The changing call that the step is about; none when observing. */
  readonly operation?: string;
  /** None when observing. */
  readonly migrationId?: string;
  /** When observing: the migrations that are looked at together. */
  readonly migrationIds?: readonly string[];
}

/** What happened in the engine. */
export type EngineReport =
  /** Due migrations were taken up. */
  | { readonly event: 'claimed'; readonly count: number }
  /** A changing call was sent. */
  | {
      readonly event: 'sent';
      readonly provider: ProviderId;
      readonly account: string;
      readonly operation: string;
      readonly outcome: 'accepted' | FailureKind;
    }
  /** A probe for a call in doubt; `failed`: the vendor could not be read. */
  | {
      readonly event: 'probed';
      readonly provider: ProviderId;
      readonly account: string;
      readonly operation: string;
      readonly found: 'yes' | 'no' | 'unclear' | 'failed';
    }
  /** One dialogue with the vendor observed `count` migrations. */
  | {
      readonly event: 'observed';
      readonly provider: ProviderId;
      readonly account: string;
      readonly outcome: 'ok' | FailureKind;
      readonly count: number;
    }
  /** The result of listing a watched folder. `behindSeconds`: of the migration furthest behind; null: unknown. */
  | {
      readonly event: 'feed_scanned';
      readonly provider: ProviderId;
      readonly account: string;
      readonly outcome: 'ok' | FailureKind;
      readonly behindSeconds: number | null;
    }
  /** A file of a watched folder became a backup. */
  | { readonly event: 'feed_taken'; readonly provider: ProviderId; readonly account: string; readonly count: number }
  /** Work ended before its outcome was stored; it continues when the lease ends. */
  | { readonly event: 'interrupted'; readonly reason: 'store_unavailable' | 'error' };

/** What the engine reports. Nothing here throws. */
export interface EngineTelemetry {
  /** Runs a step; what is reported and called within belongs to it. */
  step<T>(step: EngineStep, work: () => Promise<T>): Promise<T>;
  report(report: EngineReport): void;
}

/** What the vendors' client reports. Nothing here throws. */
export interface VendorTelemetry {
  call(report: VendorCallReport): void;
  login(report: VendorLoginReport): void;
  clock(report: VendorClockReport): void;
}

/** A request as it begins. */
export interface RequestStart {
  readonly requestId: string;
  readonly method: string;
  /** Pattern of the route, such as `/migrations/:id`; null: none fits. */
  readonly route: string | null;
  /** The path without the query, where a route fits, and the host that was called, without its port; asked for where a span is recorded. */
  address?(): { readonly path?: string; readonly host?: string };
  /** The caller's `traceparent` and `tracestate` headers, as they came. */
  readonly traceparent: string | undefined;
  readonly tracestate?: string | undefined;
}

/** A request under way. */
export interface RequestInProgress {
  /** 32 hex digits; null when the caller sent none and nothing is recorded. */
  readonly traceId: string | null;
  /** For the answer's `traceparent` header; null unless a trace is recorded or continued. */
  readonly traceparent: string | null;
  /** Runs `work` so that whatever it causes is known to belong to this request. */
  run(work: () => void): void;
  /**
   * Records the end of the request. `status` null: the caller had gone. `streamed`: an event stream, whose duration is not recorded. Only
   * the first call counts.
   */
  end(status: number | null, streamed: boolean): void;
}

/** What the HTTP surface reports, and what it serves at `/metrics`. */
export interface HttpTelemetry {
  begin(request: RequestStart): RequestInProgress;
  /** All metrics in a text format of Prometheus. */
  exposition(): Promise<{ readonly contentType: string; readonly body: string }>;
}

/** One attempt to deliver an event. `error`: Godwit's own text, nothing of the receiver's answer. */
export interface WebhookAttempt {
  readonly webhookId: string;
  readonly deliveryId: string;
  readonly outcome: 'delivered' | 'to_be_retried' | 'given_up';
  readonly error: string | null;
  /** How long the attempt took; 0 where nothing was sent. */
  readonly durationMs: number;
}

/** What the webhooks tell. Nothing here throws. */
export interface WebhookTelemetry {
  attempted(attempt: WebhookAttempt): void;
  /** Work broke off, and is taken up again. */
  interrupted(error: string): void;
}
