import type { HttpApp, HttpContext } from '../app-types.ts';
import { prefersHtml } from '../request/accept.ts';
import { answers, empty, NoQuery, problems } from '../schemas/operation.ts';
import { jsonAnswer, sendAnswer } from './answer.ts';

const schema = {
  operationId: 'root',
  summary: 'List the links',
  description:
    'Links to the board, the documentation, the probes and the metrics. Browsers are redirected to the board.',
  tags: ['Operation'],
  querystring: NoQuery,
  response: {
    200: answers('Root', 'The links.'),
    302: empty('Redirects a browser to the board.', ['Location']),
    ...problems('open', ['invalid_request']),
  },
} as const;

const links = {
  board: '/board',
  docs: '/docs',
  openapi: '/openapi.json',
  migrations: '/migrations',
  webhooks: '/webhooks',
  providers: '/providers',
  problems: '/problems',
  live: '/livez',
  ready: '/readyz',
  metrics: '/metrics',
} as const;

/** The links of the API. */
export function rootRoutes(app: HttpApp, http: HttpContext): void {
  const { version, environment } = http.settings;

  app.get('/', { schema, config: { access: 'documentation', anyAccept: true } }, async (request, reply) => {
    reply.header('vary', 'accept');
    // Relative to the caller's URL, because a proxy may add any prefix.
    if (prefersHtml(request.headers.accept)) return reply.redirect('board/', 302);
    return sendAnswer(reply, jsonAnswer(200, { name: 'Godwit', version, environment, links: linksFrom(request.base) }));
  });
}

function linksFrom(base: string): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(links).map(([name, path]) => [name, `${base}${path}`]));
}
