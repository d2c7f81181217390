import { representWebhook } from '../../domain/represent-webhook.ts';
import { entityTag } from '../../domain/representation.ts';
import type { Webhook } from '../../domain/webhook.ts';
import {
  defaultOverlapSeconds,
  type RotateSecretBody,
  type WebhookPatchBody,
  type WebhookRequestBody,
} from '../../domain/webhook-schema.ts';
import type { HttpApp, HttpContext } from '../app-types.ts';
import { readTags } from '../request/entity-tag.ts';
import { filterDigest, readPageToken } from '../request/page-token.ts';
import {
  answers,
  defaultPageSize,
  EmptyBody,
  empty,
  headers,
  NoQuery,
  problems,
  ref,
  requestHeaders,
  WebhookParams,
} from '../schemas/operation.ts';
import { PageQuery } from '../schemas/query.ts';
import { type Answer, jsonAnswer, sendAnswer, sendUnlessKnown, taggedCaching } from './answer.ts';
import { idempotencyOf, keyAsStored } from './answer-once.ts';
import { webhookCaller, webhookChange } from './callers.ts';
import { linkNext, nextToken } from './paging.ts';

const createSchema = {
  operationId: 'createWebhook',
  summary: 'Create a webhook',
  description:
    'From now on Godwit sends each selected event by `POST` with `content-type: application/cloudevents+json`: CloudEvents 1.0 in ' +
    'structured mode, with `specversion` `1.0`, `id` the id of the event, `source` `/migrations/{id}`, `type` `godwit.` and the type of ' +
    'the event, `subject` the id of the migration, `time`, `datacontenttype` `application/json`, and as `data` the event as ' +
    '`GET /migrations/{id}/events` shows it.\n\n' +
    'Requests are signed according to [Standard Webhooks](https://www.standardwebhooks.com): `webhook-id` is the id of the event, the same at ' +
    'every attempt; `webhook-timestamp` the seconds of the attempt; `webhook-signature` is `v1,` and the base64 of the HMAC-SHA256. ' +
    'Only this answer contains the secret.\n\n' +
    'Each event is sent at least once, in no guaranteed order. Any 2xx within the timeout counts as received; everything else is retried ' +
    'with growing pauses for about two days. 410 disables the webhook. Redirects are not followed.\n\n' +
    'A webhook reads events, so it needs the scope `migrations:read` as well as `migrations:write`.',
  tags: ['Webhooks'],
  querystring: NoQuery,
  headers: headers({ 'Idempotency-Key': requestHeaders.idempotencyKey }),
  body: ref<WebhookRequestBody>('WebhookRequest'),
  response: {
    201: answers('NewWebhook', 'The webhook with its secret.', ['Location', 'ETag', 'Idempotency-Replayed']),
    ...problems('body', [
      'not_found',
      'invalid_state',
      'idempotency_key_reused',
      'unknown_account',
      'encryption_key_required',
    ]),
  },
} as const;

const listSchema = {
  operationId: 'listWebhooks',
  summary: 'List webhooks',
  description: 'Webhooks whose accounts are all granted to the caller, oldest first.',
  tags: ['Webhooks'],
  querystring: PageQuery,
  response: {
    200: answers('WebhookPage', 'A page of webhooks.', ['Link']),
    ...problems('read', ['invalid_request']),
  },
} as const;

const getSchema = {
  operationId: 'getWebhook',
  summary: 'Read a webhook',
  description: 'The receiver and the selected events, without the secret.',
  tags: ['Webhooks'],
  params: WebhookParams,
  querystring: NoQuery,
  headers: headers({ 'If-None-Match': requestHeaders.ifNoneMatch }),
  response: {
    200: answers('Webhook', 'The webhook.', ['ETag']),
    304: empty('Unchanged since the entity tag of `If-None-Match`.', ['ETag']),
    ...problems('read', ['not_found', 'invalid_request']),
  },
} as const;

const patchSchema = {
  operationId: 'updateWebhook',
  summary: 'Change a webhook',
  description:
    'A merge patch (RFC 7396): absent members stay; `null` clears `description`. After `"enabled": true` a disabled webhook gets new ' +
    'events and its pending deliveries. A URL at another origin gets a new secret, which only this answer contains, because the holder ' +
    'of the old one must not sign for the new receiver. It needs the scope `migrations:read` as well as `migrations:write`.',
  tags: ['Webhooks'],
  consumes: ['application/merge-patch+json', 'application/json'],
  params: WebhookParams,
  querystring: NoQuery,
  headers: headers({ 'If-Match': requestHeaders.ifMatch }),
  body: ref<WebhookPatchBody>('WebhookPatch'),
  response: {
    200: answers('ChangedWebhook', 'The changed webhook.', ['ETag']),
    ...problems('body', ['not_found', 'precondition_failed', 'unknown_account', 'encryption_key_required']),
  },
} as const;

const deleteSchema = {
  operationId: 'deleteWebhook',
  summary: 'Delete a webhook',
  description: 'Deletes it with its deliveries. An open attempt may still arrive.',
  tags: ['Webhooks'],
  params: WebhookParams,
  querystring: NoQuery,
  headers: headers({ 'If-Match': requestHeaders.ifMatch }),
  response: { 204: empty('Deleted.'), ...problems('body', ['not_found', 'precondition_failed']) },
} as const;

const rotateSchema = {
  operationId: 'rotateWebhookSecret',
  summary: 'Rotate the secret of a webhook',
  description:
    'Creates a new secret, which only this answer contains. For `overlapSeconds` messages carry a signature by each of the two secrets, ' +
    'so that the receiver can switch at any time; a third secret ends the first. No body is needed.',
  tags: ['Webhooks'],
  params: WebhookParams,
  querystring: NoQuery,
  headers: headers({ 'Idempotency-Key': requestHeaders.idempotencyKey, 'If-Match': requestHeaders.ifMatch }),
  body: ref<RotateSecretBody>('RotateSecretRequest'),
  response: {
    200: answers('NewWebhook', 'The webhook with its new secret.', ['ETag', 'Idempotency-Replayed']),
    ...problems('body', ['not_found', 'precondition_failed', 'idempotency_key_reused', 'encryption_key_required']),
  },
} as const;

const testSchema = {
  operationId: 'testWebhook',
  summary: 'Send a test message',
  description:
    'Sends a message of the type `godwit.webhook.test` now, signed like any other, and returns the result. It is not an event and is ' +
    'not retried. An `Idempotency-Key` is accepted without effect. No body is needed.',
  tags: ['Webhooks'],
  params: WebhookParams,
  querystring: NoQuery,
  headers: headers({ 'Idempotency-Key': requestHeaders.idempotencyKey }),
  body: EmptyBody,
  response: {
    200: answers('WebhookTest', 'The result.'),
    ...problems('body', ['not_found', 'invalid_state']),
  },
} as const;

/** Webhooks. */
export function webhookRoutes(app: HttpApp, http: HttpContext): void {
  const { webhooks } = http;
  const reading = { access: 'migrations:read' } as const;
  // A caller that directs events to a receiver can read them, so it needs both scopes.
  const deciding = { access: ['migrations:write', 'migrations:read'] } as const;

  app.post('/webhooks', { schema: createSchema, config: deciding }, async (request, reply) => {
    const key = idempotencyOf(request);
    const idempotency = key === null ? undefined : await keyAsStored(http, request, key);
    const caller = { ...webhookCaller(request), audit: http.trail.entryOf(request, 201) };
    const { webhook, secret, replayed } = await webhooks.create(request.body, caller, idempotency);
    if (replayed) reply.header('idempotency-replayed', 'true');
    request.webhookAccounts = webhook.accounts;
    reply.header('location', `${request.base}/webhooks/${webhook.id}`);
    return sendAnswer(reply, secretAnswer(201, webhook, secret));
  });

  app.get('/webhooks', { schema: listSchema, config: reading }, async (request, reply) => {
    const { pageSize: size = defaultPageSize, pageToken } = request.query;
    const caller = webhookCaller(request);
    const digest = filterDigest({ list: 'webhooks' });
    const after = pageToken === undefined ? {} : { after: readPageToken(pageToken, digest) };
    const found = await webhooks.list({ size, ...after }, caller);
    const token = await nextToken(found, size, digest, (last) => webhooks.list({ size: 1, after: last }, caller));
    linkNext(request, reply, token);
    return sendAnswer(reply, jsonAnswer(200, { items: found.map(representWebhook), nextPageToken: token }));
  });

  app.get('/webhooks/:id', { schema: getSchema, config: reading }, async (request, reply) => {
    const condition = readTags('If-None-Match', request.headers['if-none-match']);
    const webhook = await webhooks.get(request.params.id, webhookCaller(request));
    return sendUnlessKnown(reply, webhookAnswer(webhook), condition);
  });

  app.patch(
    '/webhooks/:id',
    {
      schema: patchSchema,
      config: { ...deciding, bodyTypes: ['application/merge-patch+json', 'application/json'] },
    },
    async (request, reply) => {
      const { id } = request.params;
      const change = await webhookChange(http, request, id);
      const audit = http.trail.entryOf(request, 200);
      const { webhook, secret } = await webhooks.patch(id, request.body, { ...change, audit });
      request.webhookAccounts = webhook.accounts;
      return sendAnswer(reply, secret === null ? webhookAnswer(webhook) : secretAnswer(200, webhook, secret));
    },
  );

  app.delete(
    '/webhooks/:id',
    { schema: deleteSchema, config: { access: 'migrations:write' } },
    async (request, reply) => {
      const { id } = request.params;
      const change = await webhookChange(http, request, id);
      request.webhookAccounts = (await webhooks.get(id, change)).accounts;
      await webhooks.remove(id, { ...change, audit: http.trail.entryOf(request, 204) });
      return reply.code(204).send();
    },
  );

  app.post(
    '/webhooks/:id/rotate-secret',
    { schema: rotateSchema, config: { ...deciding, bodyOptional: true } },
    async (request, reply) => {
      const { id } = request.params;
      const { overlapSeconds = defaultOverlapSeconds } = request.body;
      const change = { ...(await webhookChange(http, request, id)), audit: http.trail.entryOf(request, 200) };
      const idempotency = idempotencyOf(request) ?? undefined;
      const rotated = await webhooks.rotateSecret(id, overlapSeconds * 1000, change, idempotency);
      request.webhookAccounts = rotated.webhook.accounts;
      if (rotated.replayed) reply.header('idempotency-replayed', 'true');
      return sendAnswer(reply, secretAnswer(200, rotated.webhook, rotated.secret));
    },
  );

  app.post(
    '/webhooks/:id/test',
    { schema: testSchema, config: { ...deciding, bodyOptional: true } },
    async (request, reply) => {
      // The key has no effect; a malformed one is rejected nevertheless.
      idempotencyOf(request);
      const { id } = request.params;
      const caller = webhookCaller(request);
      request.webhookAccounts = (await webhooks.get(id, caller)).accounts;
      return sendAnswer(reply, jsonAnswer(200, await webhooks.test(id, caller)));
    },
  );
}

/** A webhook with its secret: the only response that contains one. */
function secretAnswer(status: number, webhook: Webhook, secret: string): Answer {
  const headers = { etag: entityTag(webhook), 'cache-control': 'no-store' };
  return jsonAnswer(status, { ...representWebhook(webhook), secret }, headers);
}

function webhookAnswer(webhook: Webhook): Answer {
  return jsonAnswer(200, representWebhook(webhook), {
    etag: entityTag(webhook),
    'cache-control': taggedCaching,
  });
}
