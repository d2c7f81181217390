import type { HttpApp, HttpContext } from '../app-types.ts';
import { prefersHtml } from '../request/accept.ts';
import { answers, NoQuery, problems } from '../schemas/operation.ts';
import { jsonAnswer, sendAnswer } from './answer.ts';

const schema = {
  operationId: 'root',
  summary: 'Where things are',
  description: 'Links to the documentation, the probes and the metrics. HTML for browsers.',
  tags: ['Operation'],
  querystring: NoQuery,
  response: { 200: answers('Root', 'The links.'), ...problems('open', ['invalid_request']) },
} as const;

const links = {
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

/** The front door. */
export function rootRoutes(app: HttpApp, http: HttpContext): void {
  const { version, environment } = http.settings;
  const page = frontPage(version);

  app.get('/', { schema, config: { access: 'documentation', anyAccept: true } }, async (request, reply) => {
    reply.header('vary', 'accept');
    if (prefersHtml(request.headers.accept)) return reply.type('text/html; charset=utf-8').send(page);
    return sendAnswer(reply, jsonAnswer(200, { name: 'Godwit', version, environment, links: linksFrom(request.base) }));
  });
}

function linksFrom(base: string): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(links).map(([name, path]) => [name, `${base}${path}`]));
}

function frontPage(version: string): string {
  const items = Object.entries(links).map(([name, path]) => `<li><a href=".${path}">${path}</a> ${name}</li>`);
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Godwit</title></head><body>',
    `<h1>Godwit ${version}</h1>`,
    '<p>One <code>/migrations</code> resource for SQL Server restores into Alibaba Cloud, Huawei Cloud and Tencent Cloud.</p>',
    `<ul>${items.join('')}</ul></body></html>`,
  ].join('\n');
}
