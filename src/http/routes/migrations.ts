import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Migration } from '../../domain/migration.ts';
import type { MigrationRequest } from '../../domain/request-schema.ts';
import { submissionRefusal } from '../../domain/submission.ts';
import type { HttpApp, HttpContext } from '../app-types.ts';
import { headerText } from '../request/header-text.ts';
import { readIdempotencyKey } from '../request/idempotency-key.ts';
import { readListRequest } from '../request/migration-filter.ts';
import { readPrefer } from '../request/prefer.ts';
import { answers, headers, problems, ref, requestHeaders } from '../schemas/operation.ts';
import { DryRunOperationQuery, DryRunQuery, MigrationListQuery } from '../schemas/query.ts';
import { jsonAnswer, jsonMediaType, newMigrationAnswer, sendAnswer } from './answer.ts';
import { answerOnce } from './answer-once.ts';
import { requestContext, requireGrant, visibleAccounts } from './callers.ts';
import { linkNext, nextToken } from './paging.ts';
import { vendorProblems } from './uploads.ts';

const createSchema = {
  operationId: 'createMigration',
  summary: 'Start a migration',
  description:
    'Restores a SQL Server backup into a managed instance. Godwit answers when the vendor has accepted it (201), or after the wait ' +
    '(202): then the migration is stored and continues; follow it at `Location`. A restore cannot be undone, so send an ' +
    '`Idempotency-Key`: a repeated request then never causes a second restore. In the sandbox every example works unchanged.',
  tags: ['Migrations'],
  headers: headers({ 'Idempotency-Key': requestHeaders.idempotencyKey, Prefer: requestHeaders.prefer }),
  querystring: DryRunQuery,
  body: ref<MigrationRequest>('MigrationRequest'),
  response: {
    // Only for `?dryRun`, which the OpenAPI document omits.
    200: answers('DryRun', 'A dry run: what would happen. Nothing was stored or sent.'),
    201: answers('Migration', 'The vendor has accepted the restore.', [
      'Location',
      'ETag',
      'Preference-Applied',
      'Idempotency-Replayed',
    ]),
    202: answers(
      'Migration',
      'Stored. The vendor has not confirmed yet, or the call is in doubt and Godwit probes for it.',
      ['Location', 'ETag', 'Retry-After', 'Preference-Applied', 'Idempotency-Replayed'],
    ),
    ...problems('body', [
      'target_busy',
      'idempotency_in_progress',
      'idempotency_key_reused',
      'unsupported_by_provider',
      'unknown_account',
      'encryption_key_required',
      'provider_rejected',
      'provider_conflict',
      'provider_auth_failed',
      'provider_protocol_error',
      'provider_throttled',
      'provider_unavailable',
      'provider_timeout',
    ]),
  },
} as const;

const dryRunSchema = {
  operationId: 'dryRunMigration',
  summary: 'Dry-run a migration',
  description:
    'Takes the body of `createMigration`, checks it, and shows the calls to the vendor in order, masked. Nothing is stored or sent. With ' +
    '`preflight=true` the vendor’s read-only checks run as well.',
  tags: ['Migrations'],
  headers: headers({ 'Idempotency-Key': requestHeaders.idempotencyKey }),
  querystring: DryRunOperationQuery,
  body: ref<MigrationRequest>('MigrationRequest'),
  response: {
    200: answers('DryRun', 'The effect of the request. Nothing was stored or sent.'),
    ...problems('body', ['unknown_account', ...vendorProblems]),
  },
} as const;

const listSchema = {
  operationId: 'listMigrations',
  summary: 'List migrations',
  description:
    'Newest first. All filters must match; `label.<key>=<value>` filters by a label and may be repeated for several labels. ' +
    'Follow `Link: rel="next"`, or pass `nextPageToken` as `pageToken` with the same filters.',
  tags: ['Migrations'],
  querystring: MigrationListQuery,
  response: {
    200: answers('MigrationPage', 'A page of migrations.', ['Link']),
    ...problems('read', ['invalid_request']),
  },
} as const;

/** The collection of migrations: create, dry-run and list. */
export function migrationsRoutes(app: HttpApp, http: HttpContext): void {
  const { service, settings } = http;
  const waitLimits = { defaultSeconds: settings.defaultWaitSeconds, maxSeconds: settings.maxWaitSeconds };

  app.post('/migrations', { schema: createSchema, config: { access: 'migrations:write' } }, async (request, reply) => {
    const { body } = request;
    requireGrant(request, body.account);
    const dryRun = request.query.dryRun ?? 'false';
    if (dryRun !== 'false') return answerDryRun(request, reply, dryRun === 'preflight');
    const preference = readPrefer(headerText(request.headers.prefer), waitLimits);
    if (preference.applied !== null) reply.header('preference-applied', preference.applied);
    return answerOnce(http, request, reply, {
      status: null,
      act: async (change) => {
        const result = await service.create(body, preference.waitMs, { ...requestContext(request), ...change });
        if ('replay' in result) return result;
        const { id, account, target } = result.migration;
        request.subject = { migrationId: id, place: { account, instanceId: target.instanceId } };
        return newMigrationAnswer(http, request.base, result.migration, result.accepted);
      },
      answer: ({ migration, accepted = false }) => newMigrationAnswer(http, request.base, migration, accepted),
      presentAnswer(migration) {
        const refusal = submissionRefusal(migration);
        if (refusal !== null) throw refusal;
        return newMigrationAnswer(http, request.base, migration, migration.state !== 'pending');
      },
    });
  });

  app.post(
    '/migrations/dry-run',
    { schema: dryRunSchema, config: { access: 'migrations:write' } },
    async (request, reply) => {
      requireGrant(request, request.body.account);
      return answerDryRun(request, reply, request.query.preflight === true);
    },
  );

  async function answerDryRun(
    request: FastifyRequest<{ Body: MigrationRequest }>,
    reply: FastifyReply,
    preflight: boolean,
  ): Promise<FastifyReply> {
    // Nothing is stored, so there is nothing to replay; a malformed key is rejected nevertheless.
    readIdempotencyKey(headerText(request.headers['idempotency-key']));
    const { adoption, ...dryRun } = await service.dryRun(request.body, preflight, requestContext(request));
    return sendAnswer(reply, jsonAnswer(200, { ...dryRun, ...(adoption && { adoption: shownAdoption(adoption) }) }));
  }

  app.get('/migrations', { schema: listSchema, config: { access: 'migrations:read' } }, async (request, reply) => {
    requireGrant(request, request.query.account);
    const { filter, page, digest } = readListRequest(request.query, visibleAccounts(request));
    const context = requestContext(request);
    // One more than the page shows whether another page follows. A page can be incomplete before the end of the list.
    const found = await service.list(filter, { ...page, size: page.size + 1 }, context, http.shown.item);
    const shown = found.slice(0, page.size);
    const more = (after: string) =>
      found.length > page.size
        ? Promise.resolve(found.slice(page.size))
        : service.list(filter, { size: 1, order: page.order, after }, context, (id) => ({ id, characters: 0 }));
    const token = await nextToken(shown, page.size, digest, more, true);
    linkNext(request, reply, token);
    const items = shown.map((each) => ('text' in each ? each.text : textOf(each)));
    const body = `{"items":[${items.join(',')}],"nextPageToken":${JSON.stringify(token)}}`;
    return sendAnswer(reply, { status: 200, headers: { 'content-type': jsonMediaType }, body });
  });

  /** The JSON of a migration in a list. */
  function textOf(migration: Migration): string {
    const item = JSON.stringify(http.represent(migration, 'short'));
    http.shown.keep(migration, { item });
    return item;
  }
}

/** The task that would be adopted; it is not a migration yet. */
function shownAdoption({ state, providerStatus, providerRefs, mode, backups }: Migration) {
  return {
    state,
    providerStatus,
    providerRefs,
    mode,
    backups: backups.map(({ type, source, final, state: each }) => ({
      type,
      files: source.type === 'adopted' ? [...source.files] : [],
      final,
      state: each,
    })),
  };
}
