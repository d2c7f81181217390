import type { TSchema } from '@sinclair/typebox';
import {
  AdoptedSourceSchema,
  BackupHeaderSchema,
  BackupSchema,
  ErrorSchema,
  MigrationSchema,
  ProblemSchema,
  ShownSourceSchema,
} from '../../domain/answer-schema.ts';
import { BatchRequestSchema, CancelSelectionSchema, CutoverSelectionSchema } from '../../domain/batch-schema.ts';
import {
  BackupRequestSchema,
  CutoverRequestSchema,
  InspectionRequestSchema,
  LabelsSchema,
  MigrationPatchSchema,
  MigrationRequestSchema,
  OptionsSchema,
  ProviderOptionsSchema,
  RetryRequestSchema,
  type SchemaProvider,
  SourceSchema,
  TargetSchema,
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

/** Parts of requests with their own name in the document. */
const parts: Readonly<Record<string, TSchema>> = {
  Source: SourceSchema,
  ShownSource: ShownSourceSchema,
  AdoptedSource: AdoptedSourceSchema,
  Target: TargetSchema,
  Labels: LabelsSchema,
  Options: OptionsSchema,
  ProviderOptions: ProviderOptionsSchema,
  ...sourceVariants(),
};

/** Schemas for Fastify: whole requests for validation; responses by name only, because they are not compiled. */
export function sharedSchemas(providers: readonly SchemaProvider[]): readonly Json[] {
  return [
    ...requests.map((schema) => withProviders(schema, providers) as Json),
    ...answers.map((schema) => ({ $id: schema.$id, type: 'object' })),
  ];
}

/** `components.schemas` of the OpenAPI document: every named schema once, referred to by name everywhere else. */
export function documentSchemas(providers: readonly SchemaProvider[]): Readonly<Record<string, unknown>> {
  const plain = (schema: TSchema) => withProviders(schema, providers) as Json;
  const named = new Map<string, Json>();
  for (const schema of [...requests, ...answers]) named.set(String(schema.$id), withoutId(plain(schema)));
  for (const [name, schema] of Object.entries(parts)) named.set(name, plain(schema));
  const names = new Map([...named].map(([name, schema]) => [JSON.stringify(schema), name]));
  const schemas: Record<string, unknown> = { ...enumSchemas(providers.map(({ id }) => id)) };
  for (const [name, schema] of named)
    schemas[name] = described(name, portable(withMapping(members(schema, names))) as Json);
  return Object.fromEntries(Object.entries(schemas).sort(([one], [other]) => (one < other ? -1 : 1)));
}

function referred(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((each) => referred(each, names));
  if (typeof value !== 'object' || value === null) return value;
  const enumeration = enumReference(value as Json);
  if (enumeration !== undefined) return enumeration;
  const name = names.get(JSON.stringify(withoutId(value as Json)));
  return name === undefined ? members(value as Json, names) : { $ref: `#/components/schemas/${name}` };
}

function members(schema: Json, names: ReadonlyMap<string, string>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, referred(value, names)]));
}

/** OpenAPI distinguishes variants by schema name unless a mapping says otherwise. */
function withMapping(schema: Record<string, unknown>): Record<string, unknown> {
  const { discriminator, oneOf } = schema;
  if (typeof discriminator !== 'object' || !Array.isArray(oneOf)) return schema;
  const types = [...Object.keys(sourceVariants()), 'AdoptedSource'].slice(0, oneOf.length);
  const mapping = Object.fromEntries(
    types.map((name) => [constantOf(parts[name]), `#/components/schemas/${name}`] as const),
  );
  return { ...schema, discriminator: { ...discriminator, mapping } };
}

function sourceVariants(): Record<string, TSchema> {
  const variants = SourceSchema.oneOf as readonly TSchema[];
  return Object.fromEntries(variants.map((variant) => [`${pascal(constantOf(variant))}Source`, variant]));
}

function constantOf(variant: TSchema | undefined): string {
  return String(variant?.properties?.type?.const);
}

function pascal(snake: string): string {
  return snake.replaceAll(/(^|_)([a-z])/g, (_, _gap, letter: string) => letter.toUpperCase());
}

function withoutId(schema: Json): Json {
  const { $id: _id, ...rest } = schema;
  return rest;
}
