import {
  BackupHeaderSchema,
  BackupSchema,
  ErrorSchema,
  MigrationSchema,
  ProblemSchema,
} from '../../domain/answer-schema.ts';
import { BatchRequestSchema, CancelSelectionSchema, CutoverSelectionSchema } from '../../domain/batch-schema.ts';
import {
  BackupRequestSchema,
  CutoverRequestSchema,
  InspectionRequestSchema,
  MigrationPatchSchema,
  MigrationRequestSchema,
  RetryRequestSchema,
  type SchemaProvider,
  withProviders,
} from '../../domain/request-schema.ts';
import {
  ChangedWebhookSchema,
  DeliverySchema,
  NewWebhookSchema,
  RotateSecretSchema,
  WebhookPatchSchema,
  WebhookRequestSchema,
  WebhookSchema,
  WebhookTestSchema,
} from '../../domain/webhook-schema.ts';
import {
  AccountSchema,
  AuditRecordSchema,
  BackupCommandSchema,
  BatchResultSchema,
  DryRunSchema,
  EventSchema,
  FeedPageSchema,
  ForeignTaskPageSchema,
  ForeignTaskSchema,
  HealthSchema,
  InspectionSchema,
  ProblemEntrySchema,
  pageSchemas,
  RootSchema,
  SelectionResultSchema,
  UploadTargetSchema,
} from './answers.ts';
import { described } from './descriptions.ts';
import { enumReference, enumSchemas } from './named-enums.ts';
import { CloudEventSchema } from './outgoing.ts';
import { portable } from './portable.ts';
import { ProviderSchema } from './provider-answer.ts';

type Json = Readonly<Record<string, unknown>>;

const requests = [
  MigrationRequestSchema,
  MigrationPatchSchema,
  BackupRequestSchema,
  CutoverRequestSchema,
  InspectionRequestSchema,
  RetryRequestSchema,
  BatchRequestSchema,
  CutoverSelectionSchema,
  CancelSelectionSchema,
  WebhookRequestSchema,
  WebhookPatchSchema,
  RotateSecretSchema,
];
const answers = [
  MigrationSchema,
  BackupSchema,
  BackupHeaderSchema,
  ErrorSchema,
  ProblemSchema,
  EventSchema,
  CloudEventSchema,
  WebhookSchema,
  NewWebhookSchema,
  ChangedWebhookSchema,
  WebhookTestSchema,
  DeliverySchema,
  ProviderSchema,
  AccountSchema,
  AuditRecordSchema,
  DryRunSchema,
  BatchResultSchema,
  SelectionResultSchema,
  FeedPageSchema,
  ForeignTaskSchema,
  ForeignTaskPageSchema,
  InspectionSchema,
  HealthSchema,
  ProblemEntrySchema,
  RootSchema,
  UploadTargetSchema,
  BackupCommandSchema,
  ...pageSchemas,
];

/**
 * Schemas for Fastify. Request schemas are complete, for validation. Response schemas have only a name, because they are not compiled.
 * Inner names are dropped, because the validator accepts each name once.
 */
export function sharedSchemas(providers: readonly SchemaProvider[]): readonly Json[] {
  return [
    ...requests.map((schema) => ({ ...withoutNames(withProviders(schema, providers)), $id: schema.$id })),
    ...answers.map(({ $id }) => ({ $id, type: 'object' })),
  ];
}

function withoutNames(schema: unknown): Json {
  return JSON.parse(JSON.stringify(schema), (key, value) => (key === '$id' ? undefined : value));
}

/** `components.schemas` of the OpenAPI document: each named schema once, with references to it everywhere else. */
export function documentSchemas(providers: readonly SchemaProvider[]): Readonly<Record<string, unknown>> {
  const named: Record<string, unknown> = { ...enumSchemas(providers.map(({ id }) => id)) };
  for (const schema of [...requests, ...answers]) referred(withProviders(schema, providers), named);
  return Object.fromEntries(Object.entries(named).sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** The value with a reference in place of each named schema, which is added to `named`. */
function referred(value: unknown, named: Record<string, unknown>): unknown {
  if (Array.isArray(value)) return value.map((each) => referred(each, named));
  if (typeof value !== 'object' || value === null) return value;
  const enumeration = enumReference(value as Json);
  if (enumeration !== undefined) return enumeration;
  const { $id: name, ...schema } = value as Json;
  if (typeof name !== 'string') return members(schema, named);
  named[name] ??= described(name, portable(members(withMapping(schema), named)) as Json);
  return { $ref: `#/components/schemas/${name}` };
}

function members(schema: Json, named: Record<string, unknown>): Json {
  return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, referred(value, named)]));
}

/** Maps each value of the discriminator to its schema; without a mapping OpenAPI expects the schema names as values. */
function withMapping(schema: Json): Json {
  const { discriminator, oneOf } = schema;
  if (typeof discriminator !== 'object' || !Array.isArray(oneOf)) return schema;
  const mapping = Object.fromEntries(
    oneOf.map(({ $id, properties }) => [properties.type.const, `#/components/schemas/${$id}`]),
  );
  return { ...schema, discriminator: { ...discriminator, mapping } };
}
