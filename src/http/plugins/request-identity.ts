import type { IncomingMessage } from 'node:http';
import { newId } from '../../domain/ids.ts';
import type { Runtime } from '../../domain/runtime.ts';
import type { HttpApp } from '../app-types.ts';

const wellFormed = /^[A-Za-z0-9._-]{8,128}$/;

/** The caller’s `X-Request-Id` where it is well-formed, else a new one. */
export function requestIdOf(request: Pick<IncomingMessage, 'headers'>, runtime: Runtime): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && wellFormed.test(given) ? given : newId('req', runtime);
}

/** Every answer tells its request id. */
export function installRequestIdentity(app: HttpApp, runtime: Runtime): void {
  app.decorateRequest('identity', null);
  app.decorateRequest('subject', null);
  app.decorateRequest('startedAt', 0);
  app.addHook('onRequest', async (request, reply) => {
    request.startedAt = runtime.now();
    reply.header('x-request-id', request.id);
  });
}
