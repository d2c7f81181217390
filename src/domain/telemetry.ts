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
  /** A call in doubt was probed for; `failed`: the vendor could not be asked. */
  | {
      readonly event: 'probed';
      readonly provider: ProviderId;
      readonly account: string;
      readonly operation: string;
      readonly found: 'yes' | 'no' | 'unclear' | 'failed';
    }
  /** One dialogue with the vendor answered for `count` migrations, or for none. */
  | {
      readonly event: 'observed';
      readonly provider: ProviderId;
      readonly account: string;
      readonly outcome: 'ok' | FailureKind;
      readonly count: number;
    }
  /** A watched folder was listed, or could not be. `behindSeconds`: of the migrations that watch it, the furthest behind; null: not known. */
  | {
      readonly event: 'feed_scanned';
      readonly provider: ProviderId;
      readonly account: string;
      readonly outcome: 'ok' | FailureKind;
      readonly behindSeconds: number | null;
    }
  /** A file of a watched folder became a backup. */
  | { readonly event: 'feed_taken'; readonly provider: ProviderId; readonly account: string; readonly count: number }
  /** Work ended without its outcome being stored; it is taken up again when the lease ends. */
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
   * Tells how it ended. `status` null: the caller was gone before the answer. `streamed`: the answer stayed open on purpose, so its
   * duration says nothing. Only the first call counts.
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
