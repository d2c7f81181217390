import type { IncomingMessage } from 'node:http';
import { newId } from '../../domain/ids.ts';
import type { Runtime } from '../../domain/runtime.ts';
import type { HttpApp } from '../app-types.ts';
import { type PublicAddress, publicBase } from '../request/public-base.ts';

const wellFormed = /^[A-Za-z0-9._-]{8,128}$/;

/** The caller’s `X-Request-Id` if it is well-formed, else a new id. */
export function requestIdOf(request: Pick<IncomingMessage, 'headers'>, runtime: Runtime): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && wellFormed.test(given) ? given : newId('req', runtime);
}

/** Adds the request id to every response, and sets the prefix of links to the caller's address of this gateway. */
export function installRequestIdentity(app: HttpApp, runtime: Runtime, address: PublicAddress): void {
  const baseOf = publicBase(address);
  app.decorateRequest('identity', null);
  app.decorateRequest('subject', null);
  app.decorateRequest('auditEntry', null);
  app.decorateRequest('answerKept', false);
  app.decorateRequest('webhookAccounts', null);
  app.decorateRequest('startedAt', 0);
  app.decorateRequest('base', address.publicUrl ?? '');
  app.addHook('onRequest', (request, reply, done) => {
    request.startedAt = runtime.now();
    request.base = baseOf(request);
    reply.header('x-request-id', request.id);
    done();
  });
}
