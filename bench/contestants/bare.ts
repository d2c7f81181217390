import { readFileSync } from 'node:fs';
import { fastify } from 'fastify';
import { ready } from '../child.ts';

/** A bare Fastify that returns the gateway's bytes and entity tags from memory, by path. */
interface Answer {
  readonly body: string;
  readonly etag: string | null;
}

const answers = new Map(
  Object.entries(JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Record<string, Answer>),
);
const app = fastify();
app.get('/*', (request, reply) => {
  const answer = answers.get(request.url);
  if (answer === undefined) return reply.code(404).send();
  if (answer.etag !== null) {
    reply.header('etag', answer.etag);
    if (request.headers['if-none-match'] === answer.etag) return reply.code(304).send();
  }
  return reply.type('application/json; charset=utf-8').send(answer.body);
});
await app.listen({ host: '127.0.0.1', port: 0 });
ready(app.server);
