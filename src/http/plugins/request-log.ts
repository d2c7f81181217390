import type { FastifyRequest } from 'fastify';
import { isId } from '../../domain/ids.ts';
import type { Runtime } from '../../domain/runtime.ts';
import type { HttpApp } from '../app-types.ts';

/** Logs one line per request, without query, body and headers. */
export function installRequestLog(app: HttpApp, runtime: Runtime): void {
  app.addHook('onResponse', (request, reply, done) => {
    // Undefined members are omitted from the log. One object shape for all requests is faster.
    const line = {
      requestId: request.id,
      traceId: request.progress?.traceId ?? undefined,
      method: request.method,
      route: request.route.url ?? 'unknown',
      status: reply.statusCode,
      durationMs: runtime.now() - request.startedAt,
      caller: request.identity?.caller ?? null,
      refusedBecause: request.refusedBecause ?? undefined,
      migrationId: request.subject?.migrationId ?? migrationOfPath(request) ?? undefined,
    };
    if (request.route.config.access === 'open') app.log.debug(line, 'request');
    else if (reply.statusCode >= 500) app.log.error(line, 'request');
    else app.log.info(line, 'request');
    done();
  });
}

/** The migration id in the path; ids of other resources and malformed ids are omitted. */
export function migrationOfPath(request: FastifyRequest): string | null {
  const { id } = (request.params ?? {}) as { readonly id?: unknown };
  const named = request.route.url?.startsWith('/migrations/') === true;
  return named && typeof id === 'string' && isId('mig', id) ? id : null;
}
