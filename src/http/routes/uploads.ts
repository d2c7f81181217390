import type { UploadTarget } from '../../domain/provider.ts';
import type { HttpApp, HttpContext } from '../app-types.ts';
import { headerText } from '../request/header-text.ts';
import { readIdempotencyKey } from '../request/idempotency-key.ts';
import { answers, BackupParams, EmptyBody, headers, NoQuery, problems, requestHeaders } from '../schemas/operation.ts';
import { jsonAnswer, sendAnswer } from './answer.ts';
import { answerChange, changeOutcomes } from './answer-change.ts';
import { requestContext } from './callers.ts';

/** Problems of operations that call the vendor while the caller waits. */
export const vendorProblems = [
  'unknown_account',
  'provider_rejected',
  'provider_conflict',
  'provider_auth_failed',
  'provider_protocol_error',
  'provider_throttled',
  'provider_unavailable',
  'provider_timeout',
] as const;

const targetSchema = {
  operationId: 'getUploadTarget',
  summary: 'Get credentials to upload a file',
  description:
    'For a backup with an `upload` source that is registered at the vendor (`blocking` says `awaiting_upload`): returns the destination ' +
    'of the file and temporary keys for the upload. They are requested from the vendor each time and never stored: not in the database, ' +
    'not in the log, and not as the answer to an `Idempotency-Key`, which is accepted without effect. Request new ones when they have ' +
    'expired. After the upload, call `uploaded`. No body is needed.',
  tags: ['Backups'],
  params: BackupParams,
  querystring: NoQuery,
  headers: headers({ 'Idempotency-Key': requestHeaders.idempotencyKey }),
  body: EmptyBody,
  response: {
    200: answers('UploadTarget', 'The credentials, valid for some minutes.'),
    ...problems('body', ['not_found', 'invalid_state', ...vendorProblems]),
  },
} as const;

const uploadedSchema = {
  operationId: 'markBackupUploaded',
  summary: 'Report that the file is uploaded',
  description:
    'For a backup with an `upload` source: the file is where the vendor expects it, and the restore may start. No body is needed.',
  tags: ['Backups'],
  params: BackupParams,
  querystring: NoQuery,
  headers: headers({ 'Idempotency-Key': requestHeaders.idempotencyKey, 'If-Match': requestHeaders.ifMatch }),
  body: EmptyBody,
  response: {
    ...changeOutcomes,
    ...problems('body', [
      'not_found',
      'invalid_state',
      'idempotency_in_progress',
      'idempotency_key_reused',
      'precondition_failed',
    ]),
  },
} as const;

/** Uploads of backup files by the caller. */
export function uploadRoutes(app: HttpApp, http: HttpContext): void {
  const { service } = http;
  const config = { access: 'migrations:write', bodyOptional: true } as const;

  app.post(
    '/migrations/:id/backups/:backupId/upload-target',
    { schema: targetSchema, config },
    async (request, reply) => {
      // Temporary credentials are never stored for a replay; a malformed key is rejected nevertheless.
      readIdempotencyKey(headerText(request.headers['idempotency-key']));
      const { id, backupId } = request.params;
      const target = await service.uploadTarget(id, backupId, requestContext(request));
      return sendAnswer(reply, jsonAnswer(200, shown(target), { 'cache-control': 'no-store' }));
    },
  );

  app.post('/migrations/:id/backups/:backupId/uploaded', { schema: uploadedSchema, config }, (request, reply) => {
    const { id, backupId } = request.params;
    return answerChange(http, request, reply, id, (context) => service.markUploaded(id, backupId, context));
  });
}

/** Reveals the temporary credentials; the only place where they leave Godwit. */
function shown({ credentials, startsAt, expiresAt, ...place }: UploadTarget) {
  return {
    ...place,
    credentials: {
      secretId: credentials.secretId.reveal(),
      secretKey: credentials.secretKey.reveal(),
      token: credentials.token.reveal(),
    },
    startsAt: startsAt === null ? null : new Date(startsAt).toISOString(),
    expiresAt: new Date(expiresAt).toISOString(),
  };
}
