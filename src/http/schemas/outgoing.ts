import { Type } from '@sinclair/typebox';
import { stringEnum } from '../../domain/typebox.ts';
import { eventTypes } from '../../domain/vocabulary.ts';
import { EventSchema } from './answers.ts';
import { eventExamples } from './event-examples.ts';

/** The requests that Godwit sends to webhooks. */

const mediaType = 'application/cloudevents+json';

export const CloudEventSchema = Type.Object(
  {
    specversion: Type.Literal('1.0'),
    id: Type.String({ description: 'The id of the event, the same at every attempt.' }),
    source: Type.String({ description: '`/migrations/` and the id of the migration.' }),
    type: stringEnum(
      eventTypes.map((type) => `godwit.${type}`),
      { description: '`godwit.` and the type of the event.' },
    ),
    subject: Type.String({ description: 'The id of the migration.' }),
    time: Type.String({ format: 'date-time' }),
    datacontenttype: Type.Literal('application/json'),
    data: EventSchema,
  },
  { $id: 'CloudEvent', description: 'An event as sent to webhooks: CloudEvents 1.0, structured mode.' },
);

const header = (name: string, description: string) => ({
  in: 'header',
  name,
  required: true,
  description,
  schema: { type: 'string' },
});

/** `webhooks` of the OpenAPI document. */
export const outgoingRequests = {
  event: {
    post: {
      operationId: 'receiveEvent',
      summary: 'An event, at the URL of a webhook',
      description:
        'Sent at least once, in no guaranteed order: ignore an id that you have already processed. Verify the signature before you parse the body.',
      tags: ['Webhooks'],
      security: [],
      parameters: [
        header('webhook-id', 'The id of the event, the same at every attempt.'),
        header(
          'webhook-timestamp',
          'Time of this attempt, in seconds since 1970. Reject messages older than some minutes.',
        ),
        header(
          'webhook-signature',
          '`v1,` and the base64 of the HMAC-SHA256 over `{webhook-id}.{webhook-timestamp}.{body}` (Standard Webhooks).',
        ),
      ],
      requestBody: {
        required: true,
        content: { [mediaType]: { schema: { $ref: '#/components/schemas/CloudEvent' }, examples: eventExamples } },
      },
      responses: {
        '2XX': { description: 'Received.' },
        '410': { description: 'The receiver no longer exists: disables the webhook.' },
        default: { description: 'Not received; Godwit retries. Redirects are not followed.' },
      },
    },
  },
} as const;
