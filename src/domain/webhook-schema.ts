import { type Static, Type } from '@sinclair/typebox';
import { enumOf } from './enum-schema.ts';
import { stringEnum } from './typebox.ts';
import { deliveryStates } from './webhook.ts';

/** Schemas of webhooks, for requests and responses. */

const closed = { additionalProperties: false } as const;
const Time = Type.String({ format: 'date-time' });
const TimeOrNull = Type.Union([Time, Type.Null()]);
const TextOrNull = Type.Union([Type.String(), Type.Null()]);

const Url = Type.String({
  format: 'uri',
  maxLength: 2048,
  description:
    'The receiver’s URL: HTTPS, unless the configuration allows more. It is stored encrypted, and only its origin is shown.',
});
const Description = Type.Union([Type.String({ maxLength: 500 }), Type.Null()], {
  description: 'Free text for people.',
});
const EventTypes = Type.Array(enumOf('EventType'), {
  uniqueItems: true,
  description: 'Selected event types. Empty: every type.',
});
const Accounts = Type.Array(Type.String({ pattern: '^(\\*|[A-Za-z0-9][A-Za-z0-9._-]{0,63})$' }), {
  minItems: 1,
  maxItems: 100,
  uniqueItems: true,
  description:
    'Selected accounts; `*` stands for all. The caller needs a grant for each. Absent: all accounts granted to the caller.',
});
const headerName = '^[A-Za-z0-9!#$%&*+.^_|~-]{1,64}$';
const headerValue = Type.String({ pattern: '^[\\x21-\\x7e]([\\x20-\\x7e]*[\\x21-\\x7e])?$', maxLength: 4096 });
/** Maximum number of headers of one webhook. */
const maxHeaders = 20;
const headersText =
  'Headers that each message carries, such as `authorization`. Values are stored encrypted and never shown. Headers that Godwit sets ' +
  'itself or that belong to the connection are rejected. A URL at another origin drops the earlier headers.';
const Headers = Type.Record(Type.String({ pattern: headerName }), headerValue, {
  ...closed,
  maxProperties: maxHeaders,
  description: headersText,
});
const HeadersPatch = Type.Union(
  [
    Type.Record(Type.String({ pattern: headerName }), Type.Union([headerValue, Type.Null()]), {
      ...closed,
      maxProperties: maxHeaders,
    }),
    Type.Null(),
  ],
  { description: `${headersText} A member that is null removes that header; null removes all.` },
);
const CaCertificates = Type.Union([Type.String({ minLength: 1, maxLength: 65_536 }), Type.Null()], {
  description: 'Additional trusted authorities (PEM) for the receiver’s certificate, such as a private authority.',
});
const Enabled = Type.Boolean({
  description: 'Whether events are sent. Events that occur while it is false are never sent.',
});

/** The body of a creation. */
export const WebhookRequestSchema = Type.Object(
  {
    url: Url,
    description: Type.Optional(Description),
    eventTypes: Type.Optional(EventTypes),
    accounts: Type.Optional(Accounts),
    headers: Type.Optional(Headers),
    caCertificates: Type.Optional(CaCertificates),
    enabled: Type.Optional({ ...Enabled, default: true }),
  },
  { ...closed, $id: 'WebhookRequest' },
);
export type WebhookRequestBody = Static<typeof WebhookRequestSchema>;

/** The body of a change. */
export const WebhookPatchSchema = Type.Object(
  {
    url: Type.Optional(Url),
    description: Type.Optional(Description),
    eventTypes: Type.Optional(EventTypes),
    accounts: Type.Optional(Accounts),
    headers: Type.Optional(HeadersPatch),
    caCertificates: Type.Optional(CaCertificates),
    enabled: Type.Optional(Enabled),
  },
  { ...closed, $id: 'WebhookPatch' },
);
export type WebhookPatchBody = Static<typeof WebhookPatchSchema>;

const dayInSeconds = 86_400;

/** The body of a rotation of the secret. */
export const RotateSecretSchema = Type.Object(
  {
    overlapSeconds: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 7 * dayInSeconds,
        default: dayInSeconds,
        description: 'How long messages are also signed with the old secret; 0: not at all.',
      }),
    ),
  },
  { ...closed, $id: 'RotateSecretRequest' },
);
export type RotateSecretBody = Static<typeof RotateSecretSchema>;
/** Default overlap of a rotation, in seconds. */
export const defaultOverlapSeconds = dayInSeconds;

const shown = {
  id: Type.String(),
  url: Type.String({ description: 'Only the origin, because path and query may grant access.' }),
  description: TextOrNull,
  eventTypes: Type.Array(enumOf('EventType'), { description: 'Empty: every type.' }),
  accounts: Type.Array(Type.String(), { description: '`*` stands for all.' }),
  headerNames: Type.Array(Type.String(), {
    description: 'Names of the custom headers of each message. Their values are not shown.',
  }),
  caCertificates: Type.Union([Type.String(), Type.Null()], { description: 'PEM.' }),
  enabled: Type.Boolean(),
  disabledReason: Type.Union([Type.String(), Type.Null()], {
    description: 'Why the gateway disabled it; null if it is enabled or a caller disabled it.',
  }),
  previousSecretUntil: Type.Union([Time, Type.Null()], {
    description: 'Until when messages are also signed with the previous secret; null: they are not.',
  }),
  caller: Type.String({
    description:
      'The creator. Before each attempt Godwit checks its configuration: if the creator’s key was removed or lost its grant for the ' +
      'account, nothing is sent. The grants of a token cannot be checked.',
  }),
  createdAt: Time,
  updatedAt: Time,
};

/** A webhook as the API shows it. */
export const WebhookSchema = Type.Object(shown, {
  $id: 'Webhook',
  description: 'The receiver of events, and their selection.',
});
export type WebhookRepresentation = Static<typeof WebhookSchema>;

/** A new webhook with its secret, which only this response shows. */
export const NewWebhookSchema = Type.Object(
  {
    ...shown,
    secret: Type.String({ description: 'The signing secret, `whsec_` and base64. It is shown only here: keep it.' }),
  },
  { $id: 'NewWebhook', description: 'A new webhook.' },
);

/** A webhook after a change, with its secret if the change made a new one. */
export const ChangedWebhookSchema = Type.Object(
  {
    ...shown,
    secret: Type.Optional(
      Type.String({
        description: 'The new signing secret, if the URL moved to another origin. It is shown only here: keep it.',
      }),
    ),
  },
  { $id: 'ChangedWebhook', description: 'A changed webhook.' },
);

/** The result of a test message. */
export const WebhookTestSchema = Type.Object(
  {
    delivered: Type.Boolean({ description: 'Whether the receiver answered with a 2xx.' }),
    status: Type.Union([Type.Integer(), Type.Null()], {
      description: 'HTTP status of the answer; null: there was none.',
    }),
    error: Type.Union([Type.String(), Type.Null()], { description: 'Why it was not delivered.' }),
  },
  { $id: 'WebhookTest', description: 'The result of a test message.' },
);

/** A delivery as the API shows it. */
export const DeliverySchema = Type.Object(
  {
    id: Type.String(),
    webhookId: Type.String(),
    eventId: Type.String(),
    eventType: enumOf('EventType'),
    migrationId: Type.String(),
    account: Type.String(),
    state: stringEnum(deliveryStates, {
      description: '`pending`: not yet attempted, or to be retried. `failed`: abandoned.',
    }),
    attempts: Type.Integer({ description: 'Attempts that have ended.' }),
    lastAttemptAt: TimeOrNull,
    lastStatus: Type.Union([Type.Integer(), Type.Null()], {
      description: 'HTTP status of the last answer; null: there was none.',
    }),
    lastError: Type.Union([Type.String(), Type.Null()], { description: 'Why the last attempt failed.' }),
    nextAttemptAt: Type.Union([Time, Type.Null()], { description: 'Time of the next attempt; null if it has ended.' }),
    createdAt: Time,
  },
  { $id: 'Delivery', description: 'The delivery of one event to one webhook.' },
);
export type DeliveryRepresentation = Static<typeof DeliverySchema>;
