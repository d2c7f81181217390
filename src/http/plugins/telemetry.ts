import type { FastifyReply, FastifyRequest } from 'fastify';
import type { HttpTelemetry, RequestStart } from '../../domain/telemetry.ts';
import type { HttpApp } from '../app-types.ts';
import { headerText } from '../request/header-text.ts';

/**
 * Reports every request to the telemetry and runs the request's work in its trace context. Install it first, so that the work of other
 * hooks belongs to the request.
 */
export function installTelemetry(app: HttpApp, telemetry: HttpTelemetry): void {
  app.decorateRequest('progress', null);
  app.addHook('onRequest', (request, reply, done) => {
    const { traceparent, tracestate } = request.headers;
    const route = request.route.url ?? null;
    const progress = telemetry.begin({
      requestId: request.id,
      method: request.method,
      route,
      address: () => addressOf(request),
      traceparent: typeof traceparent === 'string' ? traceparent : undefined,
      tracestate: headerText(tracestate),
    });
    request.progress = progress;
    if (progress.traceparent !== null) reply.header('traceparent', progress.traceparent);
    // A caller that disconnects before the response also ends the request, and no other hook is called.
    reply.raw.once('close', () => progress.end(reply.raw.writableFinished ? reply.statusCode : null, isStream(reply)));
    progress.run(done);
  });
  app.addHook('onResponse', (request, reply, done) => {
    request.progress?.end(reply.statusCode, isStream(reply));
    done();
  });
}

function addressOf({ headers, route, url }: FastifyRequest): ReturnType<NonNullable<RequestStart['address']>> {
  const host = /^\[?([A-Za-z0-9.:-]{1,253}?)\]?(?::\d{1,5})?$/.exec(headers.host ?? '')?.[1];
  return {
    ...(route.url !== undefined && { path: url.split('?')[0] ?? '' }),
    ...(host !== undefined && { host }),
  };
}

function isStream(reply: FastifyReply): boolean {
  return String(reply.getHeader('content-type') ?? '').startsWith('text/event-stream');
}

/** Reports nothing. */
export const noTelemetry: HttpTelemetry = {
  begin: () => ({ traceId: null, traceparent: null, run: (work) => work(), end: () => undefined }),
  exposition: async () => ({ contentType: 'text/plain; charset=utf-8', body: '' }),
};
