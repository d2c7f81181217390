import type { Logger } from 'pino';
import { Registry } from 'prom-client';
import type { Migration } from '../domain/migration.ts';
import type { Runtime } from '../domain/runtime.ts';
import type { ClockStep } from '../domain/steady-clock.ts';
import type { Store } from '../domain/store.ts';
import type { EngineTelemetry, HttpTelemetry, VendorTelemetry, WebhookTelemetry } from '../domain/telemetry.ts';
import type { Circuit, SlowedOperation } from '../domain/vendor.ts';
import { presentContext, within } from './context.ts';
import { vendorCallLogger } from './log.ts';
import { type ConfiguredAccounts, configuredAccounts } from './metrics/accounts.ts';
import { clockMetrics } from './metrics/clock.ts';
import { configurationMetrics } from './metrics/configuration.ts';
import { engineMetrics } from './metrics/engine.ts';
import { httpMetrics } from './metrics/http.ts';
import { migrationMetrics } from './metrics/migrations.ts';
import { processMetrics } from './metrics/process.ts';
import { createRegistry } from './metrics/registry.ts';
import { storeMetrics } from './metrics/store.ts';
import { storeNumbers } from './metrics/store-numbers.ts';
import { vendorMetrics } from './metrics/vendor.ts';
import { webhookMetrics } from './metrics/webhooks.ts';
import { requestTelemetry } from './request.ts';
import type { OpenSpan, SpanAttributes, Tracing } from './span.ts';

/** Dependencies of the telemetry of one gateway. */
export interface TelemetryOptions {
  readonly runtime: Runtime;
  readonly log: Logger;
  readonly version: string;
  readonly store: Pick<Store, 'statistics' | 'nextDue'>;
  readonly accounts: ConfiguredAccounts['all'];
  /** Returns the number of migrations in progress in the engine; called at each scrape. */
  inFlight(): number;
  /** Returns the circuit breakers of the vendors; called at each scrape. */
  circuits(): readonly Circuit[];
  /** Returns the operations that vendors have slowed down; called at each scrape. */
  slowedOperations(): readonly SlowedOperation[];
  /** Returns this process's share of the vendors' limits, from 0 to 1; called at each scrape. */
  limitShare(): number;
  /** Records spans; null: no spans are recorded. */
  readonly tracing: Tracing | null;
}

/** The telemetry of one gateway: turns the reports of all modules into metrics, spans and log lines. */
export interface Telemetry {
  readonly engine: EngineTelemetry;
  readonly vendors: VendorTelemetry;
  readonly http: HttpTelemetry;
  readonly webhooks: WebhookTelemetry;
  clockStepped(step: ClockStep): void;
  /** Called after each check of the configuration. */
  configured(state: {
    readonly accounts: ConfiguredAccounts['all'];
    readonly failed: boolean;
    readonly restart: boolean;
  }): void;
  /** Called when this process has stored the terminal state of a migration. */
  migrationEnded(migration: Migration): void;
  /** The gateway's own metrics, without those of the process. */
  readonly registry: Registry;
}

/** Clock offset in milliseconds above which a warning is logged. */
const tellingClockMs = 60_000;

/** Creates the telemetry of one gateway. */
export function createTelemetry(options: TelemetryOptions): Telemetry {
  const { runtime, tracing } = options;
  const metrics = createRegistry();
  const accounts = configuredAccounts(options.accounts);
  metrics.gauge('build_info', 'Always 1; the version is a label', ['version']).set({ version: options.version }, 1);
  const ofHttp = httpMetrics(metrics);
  const ofVendors = vendorMetrics(metrics, accounts);
  const ofWebhooks = webhookMetrics(metrics);
  const ofEngine = engineMetrics(metrics, accounts);
  const ofStore = storeMetrics(metrics, accounts);
  const numbers = storeNumbers(options.store, runtime);
  const ofMigrations = migrationMetrics(metrics, accounts);
  const ofClock = clockMetrics(metrics);
  const ofConfiguration = configurationMetrics(metrics);
  const ofProcess = processMetrics();
  const logCall = vendorCallLogger(options.log);

  return {
    registry: metrics.registry,
    clockStepped: (step) => ofClock.stepped(step),
    configured(state) {
      accounts.replace(state.accounts);
      ofConfiguration.show(state);
    },
    migrationEnded: (migration) => ofMigrations.ended(migration),
    engine: {
      async step(step, work) {
        const startedAt = runtime.now();
        const span =
          tracing?.start({
            name: step.operation === undefined ? `${step.step} ${step.provider}` : `${step.step} ${step.operation}`,
            kind: 'internal',
            parent: presentContext().span,
            startedAt,
            attributes: stepAttributes(step),
          }) ?? null;
        try {
          return await (span === null ? work() : within(inSpan(span), work));
        } catch (error) {
          span?.fail();
          throw error;
        } finally {
          const endedAt = runtime.now();
          span?.end(endedAt);
          ofEngine.stepped(step, endedAt - startedAt);
        }
      },
      report(report) {
        ofEngine.report(report);
        const { span } = presentContext();
        if (span === null) return;
        if (report.event === 'sent') span.set({ 'godwit.outcome': report.outcome });
        if (report.event === 'probed') span.set({ 'godwit.outcome': report.found });
        if (report.event === 'observed')
          span.set({ 'godwit.outcome': report.outcome, 'godwit.migrations': report.count });
      },
    },
    webhooks: {
      attempted(attempt) {
        ofWebhooks.attempted(attempt);
        const { webhookId, deliveryId, outcome, error, durationMs } = attempt;
        const endedAt = runtime.now();
        const span = tracing?.start({
          name: 'webhook delivery',
          kind: 'client',
          parent: null,
          startedAt: endedAt - durationMs,
          attributes: { 'godwit.webhook_id': webhookId, 'godwit.outcome': outcome },
        });
        if (error !== null) span?.fail();
        span?.end(endedAt);
        if (error === null) options.log.debug({ webhookId, deliveryId, outcome }, 'webhook');
        else options.log.warn({ webhookId, deliveryId, outcome, error }, 'webhook');
      },
      interrupted: (error) =>
        options.log.error({ error }, 'the delivery of webhooks was interrupted; open deliveries resume'),
    },
    vendors: {
      call(report) {
        ofVendors.call(report);
        logCall(report);
        if (tracing === null) return;
        const endedAt = runtime.now();
        const span = tracing.start({
          name: `${report.provider} ${report.operation}`,
          kind: 'client',
          parent: presentContext().span,
          startedAt: endedAt - report.durationMs,
          attributes: {
            'godwit.provider': report.provider,
            'godwit.account': report.account,
            'godwit.operation': report.operation,
            'godwit.effect': report.effect,
            'godwit.outcome': report.outcome,
            ...(report.httpStatus !== null && { 'http.response.status_code': report.httpStatus }),
            ...(report.requestId !== null && { 'godwit.vendor_request_id': report.requestId }),
          },
        });
        if (report.outcome !== 'ok') span.fail();
        span.end(endedAt);
      },
      login: (report) => ofVendors.login(report),
      clock(report) {
        ofVendors.clock(report);
        const { provider, account, offsetMs } = report;
        if (Math.abs(offsetMs) > tellingClockMs)
          options.log.warn(
            { provider, account, offsetMs },
            'the clocks of the vendor and of this machine differ by more than a minute',
          );
      },
    },
    http: {
      begin: requestTelemetry(ofHttp, tracing, runtime),
      async exposition() {
        ofEngine.inFlight(options.inFlight());
        ofVendors.circuits(options.circuits());
        ofVendors.slowedOperations(options.slowedOperations());
        ofVendors.limitShare(options.limitShare());
        ofStore.show(await numbers());
        const both = Registry.merge([metrics.registry, ofProcess]);
        return { contentType: both.contentType, body: await both.metrics() };
      },
    },
  };
}

function inSpan(span: OpenSpan) {
  return { ...presentContext(), traceId: span.traceId, span };
}

/** Maximum number of migrations that a span names. */
const maxNamedMigrations = 20;

function stepAttributes(step: Parameters<EngineTelemetry['step']>[0]): SpanAttributes {
  return {
    'godwit.step': step.step,
    'godwit.provider': step.provider,
    'godwit.account': step.account,
    ...(step.operation !== undefined && { 'godwit.operation': step.operation }),
    ...(step.migrationId !== undefined && { 'godwit.migration_id': step.migrationId }),
    ...(step.migrationIds !== undefined && { 'godwit.migration_ids': step.migrationIds.slice(0, maxNamedMigrations) }),
  };
}
