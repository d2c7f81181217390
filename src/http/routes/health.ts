import { hasGrant } from '../../domain/grants.ts';
import { Problem } from '../../domain/problem.ts';
import type { Health } from '../../engine/interface.ts';
import type { HttpApp, HttpContext } from '../app-types.ts';
import type { Identity } from '../auth/authenticator.ts';
import { answers, problems } from '../schemas/operation.ts';
import { VerboseQuery } from '../schemas/query.ts';
import { jsonAnswer, sendAnswer } from './answer.ts';

const liveSchema = {
  operationId: 'live',
  summary: 'Liveness',
  description: 'Whether the process runs, independent of the store.',
  tags: ['Operation'],
  security: [],
  querystring: VerboseQuery,
  response: { 200: answers('Health', 'The process runs.'), ...problems('open', ['invalid_request']) },
} as const;

const readySchema = {
  operationId: 'ready',
  summary: 'Readiness',
  description:
    'Whether this process can take requests: the store answers and it is not shutting down. `?verbose` shows the individual checks, ' +
    'including accounts whose last login was rejected; other accounts still work then, and this process stays ready. Accounts are named ' +
    'for callers with a grant for them and numbered for everybody else.',
  tags: ['Operation'],
  security: [],
  querystring: VerboseQuery,
  response: { 200: answers('Health', 'Ready.'), ...problems('open', ['invalid_request']) },
} as const;

/** Probes for liveness and readiness; open to everybody. */
export function healthRoutes(app: HttpApp, http: HttpContext): void {
  const config = { access: 'open', anyAccept: true } as const;

  app.get('/livez', { schema: liveSchema, config }, async (_request, reply) =>
    sendAnswer(reply, jsonAnswer(200, { status: 'live' })),
  );

  app.get('/readyz', { schema: readySchema, config }, async (request, reply) => {
    const { ready, draining, checks: all } = await http.service.health();
    const checks = forEyesOf(request.identity, all);
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

/** Account names are shown to callers with a grant for them. */
function forEyesOf(identity: Identity | null, checks: Health['checks']): Health['checks'] {
  let unnamed = 0;
  return checks.map((check) => {
    const account = /^account (.+)$/.exec(check.name)?.[1];
    if (account === undefined || (identity !== null && hasGrant(identity, account))) return check;
    return { ...check, name: `account #${++unnamed}` };
  });
}
