import type { FastifyReply, FastifyRequest } from 'fastify';
import type { MigrationEvent } from '../../domain/event.ts';
import type { HttpApp, HttpContext } from '../app-types.ts';
import { filterDigest, readPageToken } from '../request/page-token.ts';
import { answers, defaultPageSize, MigrationParams, problems } from '../schemas/operation.ts';
import { PageQuery } from '../schemas/query.ts';
import { jsonAnswer, sendAnswer } from './answer.ts';
import { requestContext } from './callers.ts';
import { linkNext, nextToken } from './paging.ts';

const common = {
  tags: ['Events'],
  querystring: PageQuery,
} as const;

const ofOneSchema = {
  ...common,
  operationId: 'listMigrationEvents',
  summary: 'List the events of a migration',
  description: 'What happened, oldest first: states, backups, and every call to the vendor with its outcome.',
  params: MigrationParams,
  response: {
    200: answers('EventPage', 'A page of events.', ['Link']),
    ...problems('read', ['not_found', 'invalid_request']),
  },
} as const;

const ofAllSchema = {
  ...common,
  operationId: 'listEvents',
  summary: 'List the events of all migrations',
  description: 'Events of all accounts that the caller has a grant for, oldest first.',
  response: { 200: answers('EventPage', 'A page of events.', ['Link']), ...problems('read', ['invalid_request']) },
} as const;

/** What happened. */
export function eventRoutes(app: HttpApp, http: HttpContext): void {
  const { service } = http;
  const config = { access: 'migrations:read' } as const;

  app.get('/migrations/events', { schema: ofAllSchema, config }, (request, reply) =>
    list(request, reply, null, request.query),
  );
  app.get('/migrations/:id/events', { schema: ofOneSchema, config }, (request, reply) =>
    list(request, reply, request.params.id, request.query),
  );

  async function list(
    request: FastifyRequest,
    reply: FastifyReply,
    migrationId: string | null,
    query: { readonly pageSize?: number; readonly pageToken?: string },
  ): Promise<FastifyReply> {
    const context = requestContext(request);
    const digest = filterDigest({ events: migrationId });
    const size = query.pageSize ?? defaultPageSize;
    const after = query.pageToken === undefined ? {} : { after: readPageToken(query.pageToken, digest) };
    const events = await service.events(migrationId, { size, ...after }, context);
    const token = await nextToken(events, size, digest, (last) =>
      service.events(migrationId, { size: 1, after: last }, context),
    );
    linkNext(request, reply, token);
    return sendAnswer(reply, jsonAnswer(200, { items: events.map(representEvent), nextPageToken: token }));
  }
}

/** An event as the API shows it. */
export function representEvent(event: MigrationEvent) {
  const { id, migrationId, account, type, at, data } = event;
  return { id, migrationId, account, type, at: new Date(at).toISOString(), data };
}
