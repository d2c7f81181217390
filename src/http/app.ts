import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { type FastifyBaseLogger, fastify, LogController } from 'fastify';
import type { AuditLog } from '../domain/audit.ts';
import type { ProviderRegistry } from '../domain/provider.ts';
import { maxShownBackups, representMigration } from '../domain/representation.ts';
import type { Runtime } from '../domain/runtime.ts';
import type { HttpTelemetry } from '../domain/telemetry.ts';
import type { MigrationService } from '../engine/interface.ts';
import type { WebhookService } from '../webhooks/interface.ts';
import type { HttpApp, HttpContext, HttpProvider } from './app-types.ts';
import type { AuditTrail } from './audit-trail.ts';
import type { Authenticator } from './auth/authenticator.ts';
import { type EventLoopDelay, measureEventLoopDelay } from './event-loop-delay.ts';
import { createAuditTrail, installAudit, noAudit } from './plugins/audit.ts';
import { installAuthentication, installAuthorization } from './plugins/authentication.ts';
import { installBoard } from './plugins/board.ts';
import { installBodies } from './plugins/bodies.ts';
import { answerBrokenRequest, answerUnmetExpectation } from './plugins/broken-requests.ts';

import { installCompression } from './plugins/compression.ts';
import { installConnections } from './plugins/connections.ts';
import { installCors } from './plugins/cors.ts';

import { type Deprecation, deprecations, installDeprecations } from './plugins/deprecations.ts';
import { installOpenApi, serveDocument } from './plugins/documentation.ts';
import { installExplorer } from './plugins/explorer.ts';

import { installGuide } from './plugins/guide.ts';
import { installKnownRoutes } from './plugins/known-routes.ts';
import { installNegotiation } from './plugins/negotiation.ts';
import { installOriginCheck } from './plugins/origin.ts';
import { installOverload } from './plugins/overload.ts';
import { installProblems, sendError } from './plugins/problems.ts';
import { installRateLimit } from './plugins/rate-limit.ts';
import { installRequestIdentity, requestIdOf } from './plugins/request-identity.ts';
import { installRequestLog } from './plugins/request-log.ts';
import { installRoute } from './plugins/route.ts';
import { installSecurityHeaders } from './plugins/security-headers.ts';
import { installTelemetry, noTelemetry } from './plugins/telemetry.ts';
import { createAfterwards } from './request/afterwards.ts';
import { clientAddress } from './request/client-address.ts';
import { createRequestsInFlight } from './request/in-flight.ts';
import { LazyLog } from './request/lazy-log.ts';
import { addressList } from './request/public-base.ts';
import { actionRoutes } from './routes/actions.ts';
import { auditRoutes } from './routes/audit.ts';
import { backupRoutes } from './routes/backups.ts';
import { batchRoutes } from './routes/batch.ts';
import { deliveryRoutes } from './routes/deliveries.ts';
import { eventRoutes } from './routes/events.ts';
import { feedRoutes } from './routes/feed.ts';
import { healthRoutes } from './routes/health.ts';
import { inspectionRoutes } from './routes/inspection.ts';
import { metricsRoute } from './routes/metrics.ts';
import { migrationRoutes } from './routes/migration.ts';
import { migrationsRoutes } from './routes/migrations.ts';
import { problemRoutes } from './routes/problems.ts';
import { providerRoutes } from './routes/providers.ts';
import { rootRoutes } from './routes/root.ts';
import { selectionRoutes } from './routes/selection.ts';
import { createShownMigrations } from './routes/shown-migrations.ts';
import { uploadRoutes } from './routes/uploads.ts';
import { webhookRoutes } from './routes/webhooks.ts';
import { defaultHttpSettings, type HttpSettings, rateLimitOf } from './settings.ts';

export interface HttpAppOptions {
  readonly service: MigrationService;
  readonly webhooks: WebhookService;
  readonly auth: Authenticator;
  /** The store of audit records. Without it requests for changes are only logged. */
  readonly audit?: AuditLog;
  /** A pino logger. */
  readonly logger: FastifyBaseLogger;
  readonly runtime: Runtime;
  /** The providers, which decide the actions that a migration shows. */
  readonly providers: ProviderRegistry<HttpProvider>;
  /** The metrics; without them `/metrics` is empty. */
  readonly telemetry?: HttpTelemetry;
  /** The deprecated operations by `operationId`; default: those of this version. */
  readonly deprecations?: Readonly<Record<string, Deprecation>>;
  /** Measures the event loop lag; default: a real measurement. */
  readonly eventLoopDelay?: EventLoopDelay;
  /** Overrides of `defaultHttpSettings`. */
  readonly settings?: Partial<HttpSettings>;
}

/**
 * The HTTP surface as one Fastify app that does not listen yet. More routes may be registered until it is ready; each declares
 * who may call it in `config.access`.
 */
export async function createHttpApp(options: HttpAppOptions): Promise<HttpApp> {
  const { service, webhooks, auth, runtime, providers, audit = noAudit, telemetry = noTelemetry } = options;
  const settings = { ...defaultHttpSettings, ...options.settings };
  const afterwards = createAfterwards(runtime);
  const trail = createAuditTrail(audit, runtime, afterwards, options.logger);
  const http: HttpContext = {
    service,
    webhooks,
    auth,
    runtime,
    settings,
    inFlight: createRequestsInFlight(),
    afterwards,
    trail,
    providers,
    shown: createShownMigrations(runtime),
    represent: (migration, extent) =>
      representMigration(
        migration,
        providers.of(migration.provider),
        extent === 'short' ? maxShownBackups : Number.POSITIVE_INFINITY,
      ),
  };
  const app = newApp(options.logger, runtime, settings, trail);

  installRoute(app);
  installTelemetry(app, telemetry);
  installRequestIdentity(app, runtime, settings);
  installSecurityHeaders(app);
  installRequestLog(app, runtime);
  installAudit(app, trail);
  installProblems(app);
  installCors(app, settings.corsOrigins);
  installKnownRoutes(app);
  installCompression(app);
  installConnections(app, settings);
  installOverload(app, options.eventLoopDelay ?? measureEventLoopDelay(), settings.maxEventLoopDelayMs);
  installOriginCheck(app, auth, settings);
  installAuthentication(app, auth, settings, runtime);
  installRateLimit(app, rateLimitOf(settings), runtime);
  installAuthorization(app);
  installNegotiation(app);
  installBodies(app, providers.all);
  installDeprecations(app, options.deprecations ?? deprecations);
  await installOpenApi(app, http);

  rootRoutes(app, http);
  migrationsRoutes(app, http);
  batchRoutes(app, http);
  selectionRoutes(app, http);
  eventRoutes(app, http);
  migrationRoutes(app, http);
  backupRoutes(app, http);
  inspectionRoutes(app, http);
  feedRoutes(app, http);
  uploadRoutes(app, http);
  actionRoutes(app, http);
  webhookRoutes(app, http);
  deliveryRoutes(app, http);
  providerRoutes(app, http);
  problemRoutes(app);
  auditRoutes(app, audit);
  healthRoutes(app, http);
  metricsRoute(app, http, telemetry);
  serveDocument(app, http);
  await installBoard(app, http);
  if (settings.explorer) {
    await installExplorer(app);
    await installGuide(app);
  }
  return app;
}

function newApp(
  logger: FastifyBaseLogger,
  runtime: Runtime,
  settings: HttpSettings,
  trail: Pick<AuditTrail, 'refusedUnrouted'>,
): HttpApp {
  const base = settings.publicUrl ?? '';
  const app = fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    childLoggerFactory: (log, bindings) => new LazyLog(log, bindings) as FastifyBaseLogger,
    requestIdHeader: false,
    genReqId: (request) => requestIdOf(request, runtime),
    bodyLimit: settings.bodyLimitBytes,
    requestTimeout: settings.requestTimeoutMs,
    keepAliveTimeout: settings.keepAliveTimeoutMs,
    // The origin check rejects a missing `Host` with a problem document.
    http: { requireHostHeader: false, connectionsCheckingInterval: 5000 },
    ...(settings.trustedProxies.length > 0 && { trustProxy: addressList(settings.trustedProxies) }),
    // The connections plugin rejects requests during a shutdown with a problem document.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 128 },
    frameworkErrors: (error, request, reply) => {
      const { status, code } = sendError(error, request, reply, base);
      const { id: requestId, method } = request;
      trail.refusedUnrouted({ method, remoteAddress: clientAddress(request), requestId, status, outcome: code });
    },
    clientErrorHandler: (error, socket) => {
      const refused = answerBrokenRequest(error, socket, requestIdOf({ headers: {} }, runtime), base);
      if (refused !== null) trail.refusedUnrouted(refused);
    },
  }).withTypeProvider<TypeBoxTypeProvider>();
  app.server.on('checkExpectation', (request, response) =>
    trail.refusedUnrouted(answerUnmetExpectation(request, response, requestIdOf({ headers: {} }, runtime), base)),
  );
  app.server.headersTimeout = settings.headersTimeoutMs;
  app.server.maxConnections = settings.maxConnections;
  return app;
}
