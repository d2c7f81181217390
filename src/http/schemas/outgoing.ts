import { Type } from '@sinclair/typebox';
import { stringEnum } from '../../domain/typebox.ts';
import { eventTypes } from '../../domain/vocabulary.ts';
import { EventSchema } from './answers.ts';
import { eventExamples } from './event-examples.ts';

/** The requests that Godwit sends: the part of the document about webhooks. */

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
  { $id: 'CloudEvent', description: 'An event as a webhook gets it: CloudEvents 1.0, structured mode.' },
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
        'Sent at least once, in no promised order: pass over an id that you have seen. Check the signature before you read the body.',
      tags: ['Webhooks'],
      security: [],
      parameters: [
        header('webhook-id', 'The id of the event, the same at every attempt.'),
        header('webhook-timestamp', 'Time of this attempt, in seconds since 1970. Refuse what is older than minutes.'),
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
        '410': { description: 'Nobody listens here any more: the webhook is switched off.' },
        default: { description: 'Not received; it is tried again. Redirects are not followed.' },
      },
    },
  },
} as const;
