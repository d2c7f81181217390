import { Type } from '@sinclair/typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '../../domain/problem.ts';
import { representEvent } from '../../domain/represent-event.ts';
import type { HttpApp, HttpContext } from '../app-types.ts';
import { acceptQuality } from '../request/accept.ts';
import { filterDigest, readPageToken } from '../request/page-token.ts';
import { answers, defaultPageSize, headers, MigrationParams, problems } from '../schemas/operation.ts';
import { PageQuery } from '../schemas/query.ts';
import { invalidParameter } from '../validation/invalid-request.ts';
import { jsonAnswer, sendAnswer } from './answer.ts';
import { requestContext } from './callers.ts';
import { eventStreams } from './event-stream.ts';
import { linkNext, nextToken } from './paging.ts';

const pageOrStream = {
  ...answers('EventPage', 'A page of events, or a live stream.', ['Link']),
  content: {
    ...answers('EventPage', '').content,
    'text/event-stream': {
      schema: {
        type: 'string',
        description:
          'Server-sent events: `id` is the id of the event, `event` its type, `data` the event as in a page. The stream ends after ten ' +
          'minutes at the latest; reconnect with `Last-Event-ID`, as browsers do automatically.',
      },
    },
  },
} as const;

const inATerminal = (path: string) =>
  `\n\nIn a terminal (\`-N\` shows each event immediately):\n\n    curl -N -H 'Accept: text/event-stream' "$GODWIT${path}"`;

const common = {
  tags: ['Events'],
  querystring: PageQuery,
  headers: headers({
    'Last-Event-ID': Type.Optional(
      Type.String({ description: 'With `Accept: text/event-stream`: the stream starts after this event.' }),
    ),
  }),
} as const;

const ofOneSchema = {
  ...common,
  operationId: 'listMigrationEvents',
  summary: 'List the events of a migration',
  description:
    'State changes, backups, and every call to the vendor with its outcome, oldest first. With `Accept: text/event-stream` a live ' +
    `stream that starts with the first event.${inATerminal('/migrations/$ID/events')}`,
  params: MigrationParams,
  response: {
    200: pageOrStream,
    ...problems('read', ['not_found', 'invalid_request']),
  },
} as const;

const ofAllSchema = {
  ...common,
  operationId: 'listEvents',
  summary: 'List the events of all migrations',
  description:
    'Events of all accounts granted to the caller, oldest first. With `Accept: text/event-stream` a live stream that starts with the ' +
    `next event.${inATerminal('/migrations/events')}`,
  response: { 200: pageOrStream, ...problems('read', ['invalid_request']) },
} as const;

/** Events of one or all migrations. */
export function eventRoutes(app: HttpApp, http: HttpContext): void {
  const { service } = http;
  const config = { access: 'migrations:read', anyAccept: true } as const;
  const stream = eventStreams(app, http);

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
    if (streamWanted(request)) {
      const [parameter] = Object.keys(query);
      if (parameter !== undefined) throw invalidParameter(parameter, 'has no meaning for a stream');
      return stream(request, reply, migrationId);
    }
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

/** Whether the request prefers a stream. Throws `not_acceptable` if it accepts neither form. */
function streamWanted({ headers: { accept } }: FastifyRequest): boolean {
  const stream = acceptQuality(accept, 'text/event-stream');
  const page = acceptQuality(accept, 'application/json');
  if (stream === 0 && page === 0)
    throw new Problem('not_acceptable', 'Events are available as `application/json` and `text/event-stream`.');
  return stream > page;
}
