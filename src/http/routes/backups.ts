import { isDeepStrictEqual } from 'node:util';
import type { Backup, Migration } from '../../domain/migration.ts';
import { Problem } from '../../domain/problem.ts';
import { representBackup, representSource } from '../../domain/representation.ts';
import type { BackupRequest } from '../../domain/request-schema.ts';
import { displayUrl } from '../../domain/secret.ts';
import type { IdempotencyRecord } from '../../domain/store.ts';
import type { HttpApp, HttpContext } from '../app-types.ts';
import { requireScope } from '../plugins/authentication.ts';
import {
  answers,
  BackupParams,
  empty,
  headers,
  MigrationParams,
  NoQuery,
  problems,
  ref,
  requestHeaders,
} from '../schemas/operation.ts';
import { WholeListQuery } from '../schemas/query.ts';
import { jsonAnswer, newBackupAnswer, sendAnswer } from './answer.ts';
import { answerOnce } from './answer-once.ts';
import { changeContext, requestContext } from './callers.ts';
import { sendList } from './paging.ts';

const addSchema = {
  operationId: 'addBackup',
  summary: 'Add a backup to the chain',
  description:
    'A log or differential backup for a migration in mode `full_log` or `full_differential`. Several may be queued; they are sent to ' +
    'the vendor in order of arrival. `final: true` opens the database after this one and also needs the scope `migrations:cutover`.',
  tags: ['Backups'],
  params: MigrationParams,
  querystring: NoQuery,
  headers: headers({ 'Idempotency-Key': requestHeaders.idempotencyKey, 'If-Match': requestHeaders.ifMatch }),
  body: ref<BackupRequest>('BackupRequest'),
  response: {
    201: answers('Backup', 'Stored; it is sent when its turn comes.', ['Location', 'Idempotency-Replayed']),
    ...problems('body', [
      'not_found',
      'invalid_state',
      'duplicate_backup',
      'idempotency_in_progress',
      'idempotency_key_reused',
      'precondition_failed',
      'unsupported_by_provider',
      'encryption_key_required',
    ]),
  },
} as const;

const listSchema = {
  operationId: 'listBackups',
  summary: 'List the backups of a migration',
  description: 'In the order of their restore; the first is the full backup. Without `pageSize` all are on one page.',
  tags: ['Backups'],
  params: MigrationParams,
  querystring: WholeListQuery,
  response: {
    200: answers('BackupPage', 'The backups.', ['Link']),
    ...problems('read', ['not_found', 'invalid_request']),
  },
} as const;

const getSchema = {
  operationId: 'getBackup',
  summary: 'Read a backup',
  description: 'One backup of a migration: its state and, if it failed, why.',
  tags: ['Backups'],
  params: BackupParams,
  querystring: NoQuery,
  response: { 200: answers('Backup', 'The backup.'), ...problems('read', ['not_found', 'invalid_request']) },
} as const;

const removeSchema = {
  operationId: 'removeBackup',
  summary: 'Remove a backup from the chain',
  description:
    'A backup that is `queued`, or that `failed` and blocks the chain: the chain then continues without it. If it had replaced a failed ' +
    'backup, that one blocks the chain again. Nothing is sent to the vendor.',
  tags: ['Backups'],
  params: BackupParams,
  querystring: NoQuery,
  headers: headers({ 'If-Match': requestHeaders.ifMatch }),
  response: {
    204: empty('Removed.'),
    ...problems('body', ['not_found', 'invalid_state', 'precondition_failed']),
  },
} as const;

/** The backups of a migration. */
export function backupRoutes(app: HttpApp, http: HttpContext): void {
  const { service } = http;

  app.post(
    '/migrations/:id/backups',
    { schema: addSchema, config: { access: 'migrations:write' } },
    async (request, reply) => {
      const { id } = request.params;
      // The database opens after the final backup, which makes this a cutover.
      if (request.body.final === true) requireScope(request, reply, 'migrations:cutover');
      return answerOnce(http, request, reply, {
        status: 201,
        act: async (change) => {
          const context = await changeContext(http, request, id);
          const result = await service.addBackup(id, request.body, { ...context, ...change });
          return 'replay' in result ? result : newBackupAnswer(request.base, result.migration, result.backup);
        },
        answer({ migration, backup }) {
          if (backup === undefined) throw new Error('no backup was added');
          return newBackupAnswer(request.base, migration, backup);
        },
        presentAnswer: (migration, record) =>
          newBackupAnswer(request.base, migration, addedBackup(migration, request.body, record)),
      });
    },
  );

  app.get(
    '/migrations/:id/backups',
    { schema: listSchema, config: { access: 'migrations:read' } },
    async (request, reply) => {
      const migration = await service.get(request.params.id, requestContext(request));
      return sendList(request, reply, {
        list: `backups of ${migration.id}`,
        items: migration.backups.map(representBackup),
        idOf: ({ id }) => id,
      });
    },
  );

  app.get(
    '/migrations/:id/backups/:backupId',
    { schema: getSchema, config: { access: 'migrations:read' } },
    async (request, reply) => {
      const migration = await service.get(request.params.id, requestContext(request));
      const backup = migration.backups.find((each) => each.id === request.params.backupId);
      if (backup === undefined) throw new Problem('not_found', 'The migration has no such backup.');
      return sendAnswer(reply, jsonAnswer(200, representBackup(backup)));
    },
  );

  app.delete(
    '/migrations/:id/backups/:backupId',
    { schema: removeSchema, config: { access: 'migrations:write' } },
    async (request, reply) => {
      const { id, backupId } = request.params;
      await service.removeBackup(id, backupId, await changeContext(http, request, id));
      return reply.code(204).send();
    },
  );
}

/** The source of a request in its stored representation. */
function shown(source: BackupRequest['source']): BackupRequest['source'] {
  return source.type === 'url' ? { ...source, urls: source.urls.map(displayUrl) } : source;
}

/**
 * The backup that an unanswered request stored: of the backups that match the request, the one created closest to its record. Throws
 * `not_found` if the migration has no backup.
 */
function addedBackup(migration: Migration, request: BackupRequest, record: IdempotencyRecord): Backup {
  const distance = (backup: Backup) => Math.abs(backup.createdAt - record.createdAt);
  const described = migration.backups.filter(
    (backup) => backup.type === request.type && backup.final === (request.final ?? false),
  );
  const same = described.filter((backup) => isDeepStrictEqual(representSource(backup.source), shown(request.source)));
  const candidates = [same, described, migration.backups].find((each) => each.length > 0) ?? [];
  const [nearest] = [...candidates].sort((one, other) => distance(one) - distance(other));
  if (nearest === undefined) throw new Problem('not_found', 'The backup that this key added has been removed.');
  return nearest;
}
