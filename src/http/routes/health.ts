import { Problem } from '../../domain/problem.ts';
import type { HttpApp, HttpContext } from '../app-types.ts';
import { answers, problems } from '../schemas/operation.ts';
import { VerboseQuery } from '../schemas/query.ts';
import { jsonAnswer, sendAnswer } from './answer.ts';

const liveSchema = {
  operationId: 'live',
  summary: 'Liveness',
  description: 'Whether the process runs. It says nothing of the store.',
  tags: ['Operation'],
  security: [],
  querystring: VerboseQuery,
  response: { 200: answers('Health', 'The process runs.'), ...problems('open', ['invalid_request']) },
} as const;

const readySchema = {
  operationId: 'ready',
  summary: 'Readiness',
  description:
    'Whether this process can take requests: the store answers and it is not shutting down. `?verbose` shows the single checks, ' +
    'among them the accounts whose last login was refused, which leaves the others working and this process ready.',
  tags: ['Operation'],
  security: [],
  querystring: VerboseQuery,
  response: { 200: answers('Health', 'Ready.'), ...problems('open', ['invalid_request']) },
} as const;

/** Probes; open to everybody. */
export function healthRoutes(app: HttpApp, http: HttpContext): void {
  const config = { access: 'open', anyAccept: true } as const;

  app.get('/livez', { schema: liveSchema, config }, async (_request, reply) =>
    sendAnswer(reply, jsonAnswer(200, { status: 'live' })),
  );

  app.get('/readyz', { schema: readySchema, config }, async (request, reply) => {
    const { ready, draining, checks } = await http.service.health();
    const shown = request.query.verbose === true ? { checks } : {};
    if (ready) return sendAnswer(reply, jsonAnswer(200, { status: 'ready', ...shown }));
    const failed = checks.filter((check) => !check.ok).map((check) => check.name);
    if (draining)
      throw new Problem('draining', 'This process is shutting down.', { retryAfterSeconds: 5, members: shown });
    throw new Problem('overloaded', `Not ready: ${failed.join(', ') || 'starting'}.`, {
      retryAfterSeconds: 5,
      members: shown,
    });
  });
}
