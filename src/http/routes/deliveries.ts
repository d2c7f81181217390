import { representDelivery } from '../../domain/represent-webhook.ts';
import type { HttpApp, HttpContext } from '../app-types.ts';
import { filterDigest, readPageToken } from '../request/page-token.ts';
import {
  answers,
  DeliveryParams,
  defaultPageSize,
  EmptyBody,
  headers,
  NoQuery,
  problems,
  requestHeaders,
  WebhookParams,
} from '../schemas/operation.ts';
import { DeliveryListQuery } from '../schemas/query.ts';
import { jsonAnswer, sendAnswer } from './answer.ts';
import { idempotencyOf } from './answer-once.ts';
import { webhookCaller } from './callers.ts';
import { linkNext, nextToken } from './paging.ts';

const listSchema = {
  operationId: 'listDeliveries',
  summary: 'List the deliveries of a webhook',
  description:
    'Each event that was or will be sent, with the result of its attempts and the time of the next one, newest first. Deliveries are ' +
    'deleted a week after their end.',
  tags: ['Webhooks'],
  params: WebhookParams,
  querystring: DeliveryListQuery,
  response: {
    200: answers('DeliveryPage', 'A page of deliveries.', ['Link']),
    ...problems('read', ['not_found', 'invalid_request']),
  },
} as const;

const redeliverSchema = {
  operationId: 'redeliverEvent',
  summary: 'Redeliver an event',
  description:
    'Makes an ended delivery due again; any other delivery is unchanged. The event is sent with the same `webhook-id`. Repeating this ' +
    'is harmless, so an `Idempotency-Key` is accepted without effect. No body is needed.',
  tags: ['Webhooks'],
  params: DeliveryParams,
  querystring: NoQuery,
  headers: headers({ 'Idempotency-Key': requestHeaders.idempotencyKey }),
  body: EmptyBody,
  response: {
    202: answers('Delivery', 'Godwit sends it in the background.'),
    ...problems('body', ['not_found']),
  },
} as const;

/** Deliveries of a webhook. */
export function deliveryRoutes(app: HttpApp, http: HttpContext): void {
  const { webhooks } = http;

  app.get(
    '/webhooks/:id/deliveries',
    { schema: listSchema, config: { access: 'migrations:read' } },
    async (request, reply) => {
      const { id } = request.params;
      const { state, pageSize: size = defaultPageSize, pageToken } = request.query;
      const caller = webhookCaller(request);
      const filter = state === undefined ? {} : { state };
      const digest = filterDigest({ deliveries: id, ...filter });
      const after = pageToken === undefined ? {} : { after: readPageToken(pageToken, digest) };
      const found = await webhooks.deliveries(id, filter, { size, ...after }, caller);
      const token = await nextToken(found, size, digest, (last) =>
        webhooks.deliveries(id, filter, { size: 1, after: last }, caller),
      );
      linkNext(request, reply, token);
      return sendAnswer(reply, jsonAnswer(200, { items: found.map(representDelivery), nextPageToken: token }));
    },
  );

  app.post(
    '/webhooks/:id/deliveries/:deliveryId/redeliver',
    { schema: redeliverSchema, config: { access: ['migrations:write', 'migrations:read'], bodyOptional: true } },
    async (request, reply) => {
      // The key has no effect; a malformed one is rejected nevertheless.
      idempotencyOf(request);
      const { id, deliveryId } = request.params;
      const caller = { ...webhookCaller(request), audit: http.trail.entryOf(request, 202) };
      const delivery = await webhooks.redeliver(id, deliveryId, caller);
      request.webhookAccounts = [delivery.event.account];
      return sendAnswer(reply, jsonAnswer(202, representDelivery(delivery)));
    },
  );
}
