import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '../../domain/problem.ts';
import type { HttpApp } from '../app-types.ts';
import { errorForLog } from '../error-for-log.ts';
import { internalProblem, problemAnswer, problemOf } from '../problem-document.ts';
import { bareSecurityHeaders } from './security-headers.ts';

/** Turns every error into a problem document. Internal errors are logged in full and answered without detail. */
export function installProblems(app: HttpApp): void {
  app.setErrorHandler((error, request, reply) => {
    sendError(error, request, reply);
    return reply;
  });
  app.setNotFoundHandler((_request, _reply) => {
    throw new Problem('not_found', 'There is no such resource.');
  });
}

/**
 * Sends the problem document for an error and returns the problem. `base` is passed for errors before routing, where no hook has set it.
 */
export function sendError(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  base: string = request.base,
): Problem {
  const repeatable = request.method === 'POST' && request.headers['idempotency-key'] !== undefined;
  const told = problemOf(error, repeatable);
  if (told === null) request.log.error({ error: errorForLog(error) }, 'request failed');
  const problem = told ?? internalProblem();
  const answer = problemAnswer(problem, request.id, base);
  reply
    .headers(bareSecurityHeaders)
    .header('x-request-id', request.id)
    .removeHeader('etag')
    .removeHeader('preference-applied');
  reply.code(answer.status).headers(answer.headers).send(answer.body);
  return problem;
}
