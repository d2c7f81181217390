import type { FastifyReply } from 'fastify';
import type { HttpTelemetry } from '../../domain/telemetry.ts';
import type { HttpApp } from '../app-types.ts';

/**
 * Every request is told to the telemetry, and all that it causes runs as part of it. Install it first, so that what other hooks do
 * belongs to the request too.
 */
export function installTelemetry(app: HttpApp, telemetry: HttpTelemetry): void {
  app.decorateRequest('progress', null);
  app.addHook('onRequest', (request, reply, done) => {
    const { traceparent } = request.headers;
    const progress = telemetry.begin({
      requestId: request.id,
      method: request.method,
      route: request.routeOptions.url ?? null,
      traceparent: typeof traceparent === 'string' ? traceparent : undefined,
    });
    request.progress = progress;
    if (progress.traceparent !== null) reply.header('traceparent', progress.traceparent);
    // A caller who leaves before the answer ends the request too, and no other hook hears of it.
    reply.raw.once('close', () => progress.end(reply.raw.writableFinished ? reply.statusCode : null, isStream(reply)));
    progress.run(done);
  });
  app.addHook('onResponse', async (request, reply) => {
    request.progress?.end(reply.statusCode, isStream(reply));
  });
}

function isStream(reply: FastifyReply): boolean {
  return String(reply.getHeader('content-type') ?? '').startsWith('text/event-stream');
}

/** Tells nobody. */
export const noTelemetry: HttpTelemetry = {
  begin: () => ({ traceId: null, traceparent: null, run: (work) => work(), end: () => undefined }),
  exposition: async () => ({ contentType: 'text/plain; charset=utf-8', body: '' }),
};
