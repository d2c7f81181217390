import type { Migration } from '../../domain/migration.ts';
import type { MigrationPatch } from '../../domain/request-schema.ts';
import type { RequestContext } from '../../engine/interface.ts';
import type { HttpApp, HttpContext } from '../app-types.ts';
import { readTags } from '../request/entity-tag.ts';
import {
  answers,
  empty,
  headers,
  MigrationParams,
  NoQuery,
  problems,
  ref,
  requestHeaders,
} from '../schemas/operation.ts';
import { type Answer, migrationAnswer, sendAnswer, sendUnlessKnown } from './answer.ts';
import { changeContext, requestContext } from './callers.ts';

const getSchema = {
  operationId: 'getMigration',
  summary: 'Read a migration',
  description:
    'Its current state, backups and possible actions (`actions`). Poll with `If-None-Match` at the interval of `Retry-After`, which ' +
    'saves work on both sides.',
  tags: ['Migrations'],
  params: MigrationParams,
  querystring: NoQuery,
  headers: headers({ 'If-None-Match': requestHeaders.ifNoneMatch }),
  response: {
    200: answers('Migration', 'The migration.', ['ETag', 'Retry-After']),
    304: empty('Unchanged since the entity tag of `If-None-Match`.', ['ETag', 'Retry-After']),
    ...problems('read', ['not_found', 'invalid_request']),
  },
} as const;

const patchSchema = {
  operationId: 'updateMigration',
  summary: 'Change description or labels',
  description:
    'A merge patch (RFC 7396): `null` removes a member, and absent members stay. Other members cannot be changed.',
  tags: ['Migrations'],
  consumes: ['application/merge-patch+json', 'application/json'],
  params: MigrationParams,
  querystring: NoQuery,
  headers: headers({ 'If-Match': requestHeaders.ifMatch }),
  body: ref<MigrationPatch>('MigrationPatch'),
  response: {
    200: answers('Migration', 'The changed migration.', ['ETag', 'Retry-After']),
    ...problems('body', ['not_found', 'precondition_failed']),
  },
} as const;

const deleteSchema = {
  operationId: 'deleteMigration',
  summary: 'Delete the record of a migration',
  description: 'Only in a terminal state. Deletes the record; nothing is sent to the vendor.',
  tags: ['Migrations'],
  params: MigrationParams,
  querystring: NoQuery,
  headers: headers({ 'If-Match': requestHeaders.ifMatch }),
  response: {
    204: empty('Deleted.'),
    ...problems('body', ['not_found', 'invalid_state', 'precondition_failed']),
  },
} as const;

/** One migration: read, change, delete. */
export function migrationRoutes(app: HttpApp, http: HttpContext): void {
  const { service } = http;

  app.get('/migrations/:id', { schema: getSchema, config: { access: 'migrations:read' } }, async (request, reply) => {
    const condition = readTags('If-None-Match', request.headers['if-none-match']);
    return sendUnlessKnown(reply, await shownAnswer(request.params.id, requestContext(request)), condition);
  });

  async function shownAnswer(id: string, context: RequestContext): Promise<Answer> {
    const known = http.shown.find(id);
    if (known?.answer === undefined) return keptAnswer(await service.get(id, context));
    const changed = await service.getUnless(known, context);
    return changed === null ? known.answer : keptAnswer(changed);
  }

  function keptAnswer(migration: Migration): Answer {
    const answer = migrationAnswer(http, migration, 200, {}, 'whole');
    http.shown.keep(migration, { answer });
    return answer;
  }

  app.patch(
    '/migrations/:id',
    {
      schema: patchSchema,
      config: { access: 'migrations:write', bodyTypes: ['application/merge-patch+json', 'application/json'] },
    },
    async (request, reply) => {
      const { id } = request.params;
      const context = await changeContext(http, request, id);
      const audit = http.trail.entryOf(request, 200);
      const migration = await service.patch(id, request.body, { ...context, audit });
      return sendAnswer(reply, migrationAnswer(http, migration, 200));
    },
  );

  app.delete(
    '/migrations/:id',
    { schema: deleteSchema, config: { access: 'migrations:write' } },
    async (request, reply) => {
      const { id } = request.params;
      const context = await changeContext(http, request, id);
      await service.remove(id, { ...context, audit: http.trail.entryOf(request, 204) });
      request.answerKept = true;
      return reply.code(204).send();
    },
  );
}
