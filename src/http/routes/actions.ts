import type { CutoverRequest, RetryRequest } from '../../domain/request-schema.ts';
import type { HttpApp, HttpContext } from '../app-types.ts';
import { headerText } from '../request/header-text.ts';
import { readIdempotencyKey } from '../request/idempotency-key.ts';
import { readPrefer } from '../request/prefer.ts';
import {
  answers,
  EmptyBody,
  headers,
  MigrationParams,
  NoQuery,
  problems,
  ref,
  requestHeaders,
} from '../schemas/operation.ts';
import { migrationAnswer, sendAnswer } from './answer.ts';
import { answerChange, changeOutcomes } from './answer-change.ts';
import { requestContext } from './callers.ts';

const common = {
  tags: ['Actions'],
  params: MigrationParams,
  querystring: NoQuery,
  headers: headers({ 'Idempotency-Key': requestHeaders.idempotencyKey, 'If-Match': requestHeaders.ifMatch }),
} as const;

const refusals = [
  'not_found',
  'invalid_state',
  'idempotency_in_progress',
  'idempotency_key_reused',
  'precondition_failed',
  'provider_conflict',
] as const;

const cutoverSchema = {
  ...common,
  operationId: 'cutOverMigration',
  summary: 'Open the database',
  description:
    'Ends the chain: no more backups, and the database comes online. If the provider needs a final file, 409 ' +
    '`cutover_needs_final_backup`: add the final backup with `final: true`, or name a queued one in `afterBackup`. The body is ' +
    'optional.',
  body: ref<CutoverRequest>('CutoverRequest'),
  response: { ...changeOutcomes, ...problems('body', [...refusals, 'cutover_needs_final_backup']) },
} as const;

const cancelSchema = {
  ...common,
  operationId: 'cancelMigration',
  summary: 'Cancel a migration',
  description: 'Ends the restore if the provider allows it now; `GET /providers` says which do. No body is needed.',
  body: EmptyBody,
  response: { ...changeOutcomes, ...problems('body', refusals) },
} as const;

const retrySchema = {
  ...common,
  operationId: 'retryMigration',
  summary: 'Retry a migration',
  description:
    'Submits the failed backup again as a new attempt. For a submission of unknown outcome, `{"assume":"absent"}` sends it again and ' +
    '`{"adopt":{…}}` adopts the vendor ids that you found. The body is optional.',
  body: ref<RetryRequest>('RetryRequest'),
  response: { ...changeOutcomes, ...problems('body', [...refusals, 'target_busy', 'encryption_key_required']) },
} as const;

const refreshSchema = {
  tags: ['Actions'],
  params: MigrationParams,
  querystring: NoQuery,
  headers: headers({ Prefer: requestHeaders.prefer, 'Idempotency-Key': requestHeaders.idempotencyKey }),
  operationId: 'refreshMigration',
  summary: 'Ask the vendor now',
  description:
    'Reads the migration’s state from the vendor now, within the account’s limits, instead of at the next interval, and waits for the ' +
    'answer. Nothing changes at the vendor, so an `Idempotency-Key` has no effect. No body is needed.',
  body: EmptyBody,
  response: {
    200: answers('Migration', 'The current migration.', ['ETag', 'Retry-After', 'Preference-Applied']),
    ...problems('body', ['not_found', 'provider_throttled', 'provider_unavailable']),
  },
} as const;

/** The actions of a migration. All but the refresh require the scope `migrations:cutover`. */
export function actionRoutes(app: HttpApp, http: HttpContext): void {
  const { service, settings } = http;
  const waitLimits = { defaultSeconds: settings.defaultWaitSeconds, maxSeconds: settings.maxWaitSeconds };
  const config = { access: 'migrations:cutover', bodyOptional: true } as const;

  app.post('/migrations/:id/cutover', { schema: cutoverSchema, config }, (request, reply) =>
    answerChange(http, request, reply, request.params.id, (context) =>
      service.cutOver(request.params.id, request.body, context),
    ),
  );
  app.post(
    '/migrations/:id/refresh',
    { schema: refreshSchema, config: { access: 'migrations:read', bodyOptional: true } },
    async (request, reply) => {
      readIdempotencyKey(headerText(request.headers['idempotency-key']));
      const preference = readPrefer(headerText(request.headers.prefer), waitLimits);
      if (preference.applied !== null) reply.header('preference-applied', preference.applied);
      const migration = await service.refresh(request.params.id, preference.waitMs, requestContext(request));
      return sendAnswer(reply, migrationAnswer(http, migration, 200));
    },
  );
  app.post('/migrations/:id/cancel', { schema: cancelSchema, config }, (request, reply) =>
    answerChange(http, request, reply, request.params.id, (context) => service.cancel(request.params.id, context)),
  );
  app.post('/migrations/:id/retry', { schema: retrySchema, config }, (request, reply) =>
    answerChange(http, request, reply, request.params.id, (context) =>
      service.retry(request.params.id, request.body, context),
    ),
  );
}
