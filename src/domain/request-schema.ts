import { type Static, type TSchema, Type } from '@sinclair/typebox';
import { enumOf } from './enum-schema.ts';
import { closed, discriminated, stringEnum } from './typebox.ts';
import type { ProviderId } from './vocabulary.ts';

/**
 * Schemas of requests. Validation, static types and the OpenAPI document derive from them. Unknown fields and wrong types are refused, never
 * coerced or dropped. A schema with an `$id`, at any depth, has that name in the document.
 */

/** Placeholder for the ids of the registry's providers, which `withProviders` inserts. */
export const ProviderIdSchema = Type.Unsafe<ProviderId>({
  type: 'string',
  title: 'ProviderId',
  description: 'The cloud that holds the target instance.',
});
export const InstanceId = Type.String({
  pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{2,127}$',
  description: 'The vendor’s id of the managed instance.',
});
const LabelKey = '^[a-z0-9]([a-z0-9._/-]{0,61}[a-z0-9])?$';

export const LabelsSchema = Type.Record(Type.String({ pattern: LabelKey }), Type.String({ maxLength: 255 }), {
  $id: 'Labels',
  maxProperties: 32,
  additionalProperties: false,
  description: 'Up to 32 labels of the caller; they are never sent to the vendor.',
});
const Description = Type.String({ maxLength: 1024, description: 'Free text for people.' });

export const DatabaseSchema = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 128, description: 'The name inside the backup.' }),
    restoreAs: Type.Optional(
      Type.String({ minLength: 1, maxLength: 128, description: 'The name on the target; default: the same.' }),
    ),
  },
  closed,
);

export const TargetSchema = Type.Object(
  {
    instanceId: InstanceId,
    databases: Type.Optional(
      Type.Array(DatabaseSchema, { maxItems: 100, description: 'Absent or empty: all databases in the backup.' }),
    ),
    overwrite: Type.Optional(
      Type.Boolean({ default: false, description: 'Whether to replace a database of the same name.' }),
    ),
  },
  { ...closed, $id: 'Target' },
);

const ObjectStorageSource = Type.Object(
  {
    type: Type.Literal('object_storage'),
    bucket: Type.String({
      pattern: '^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$',
      description: 'Bucket in the region of the instance.',
    }),
    keys: Type.Array(Type.String({ minLength: 1, maxLength: 1023 }), {
      minItems: 1,
      maxItems: 256,
      uniqueItems: true,
      description: 'Object keys, without a leading slash.',
    }),
    endpoint: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z0-9.-]{1,253}$',
        description: 'Host of the object storage, without scheme and bucket.',
      }),
    ),
  },
  { ...closed, $id: 'ObjectStorageSource', title: 'Object storage' },
);
const UrlSource = Type.Object(
  {
    type: Type.Literal('url'),
    urls: Type.Array(
      Type.String({
        minLength: 8,
        maxLength: 4096,
        pattern: '^https?://',
        description: 'A signed or public URL. It is stored encrypted and shown without its query.',
      }),
      { minItems: 1, maxItems: 64, uniqueItems: true },
    ),
  },
  { ...closed, $id: 'UrlSource', title: 'URL' },
);
const InstanceBackupSource = Type.Object(
  {
    type: Type.Literal('instance_backup'),
    instanceId: InstanceId,
    backupId: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{2,127}$' }),
    engineVersion: Type.String({
      minLength: 1,
      maxLength: 64,
      description: 'Version of the source instance, such as `2019_EE`.',
    }),
  },
  { ...closed, $id: 'InstanceBackupSource', title: 'Backup of an instance' },
);
const UploadSource = Type.Object(
  {
    type: Type.Literal('upload'),
    fileName: Type.String({
      minLength: 1,
      maxLength: 255,
      pattern: '^[^/\\\\]+$',
      description: 'Name of the file that will be uploaded.',
    }),
  },
  { ...closed, $id: 'UploadSource', title: 'Upload' },
);

export const SourceSchema = discriminated(
  'type',
  [ObjectStorageSource, UrlSource, InstanceBackupSource, UploadSource],
  { $id: 'Source', description: 'Location of the backup.' },
);
export type SourceRequest = Static<typeof SourceSchema>;

export const OptionsSchema = Type.Object(
  {
    consistencyCheck: Type.Optional(
      stringEnum(['async', 'sync'], {
        description:
          'When the vendor runs DBCC CHECKDB (Alibaba). The result of `async`, the vendor’s default, arrives after the end of the migration, ' +
          'and Godwit does not wait for it: check the instance.',
      }),
    ),
    precheck: Type.Optional(
      Type.Boolean({ description: 'Makes the vendor check the backup before the restore (Huawei).' }),
    ),
    keepDownloadedFiles: Type.Optional(
      Type.Boolean({ description: 'Keeps the vendor’s copy of the file on the instance’s disk (Huawei).' }),
    ),
  },
  { ...closed, $id: 'Options' },
);

/** Placeholder for the providers' own settings, which `withProviders` inserts. */
export const ProviderOptionsSchema = Type.Unsafe<Readonly<Record<ProviderId, object>>>({
  $id: 'ProviderOptions',
  type: 'object',
});

/** The members of a provider that the schemas depend on. */
export interface SchemaProvider {
  readonly id: ProviderId;
  readonly options: TSchema;
}

/** The schema as plain JSON, with ids and settings of the registry's providers in place of the placeholders. */
export function withProviders(schema: TSchema, providers: readonly SchemaProvider[]): unknown {
  const options = Type.Object(Object.fromEntries(providers.map(({ id, options }) => [id, Type.Optional(options)])), {
    ...closed,
    $id: 'ProviderOptions',
    description: 'Settings that only one vendor has. Only the chosen provider’s key may appear.',
  });
  return JSON.parse(JSON.stringify(schema), (_key, value) => {
    if (typeof value !== 'object' || value === null) return value;
    if (value.$id === 'ProviderOptions') return JSON.parse(JSON.stringify(options));
    return value.title === 'ProviderId' ? { ...value, enum: providers.map(({ id }) => id) } : value;
  });
}

export const FeedSchema = Type.Object(
  {
    bucket: Type.String({
      pattern: '^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$',
      description: 'Bucket in the region of the instance.',
    }),
    prefix: Type.String({
      minLength: 1,
      maxLength: 1023,
      pattern: '^[^/]',
      description: 'Prefix of the keys, such as `prod/orders/`.',
    }),
    endpoint: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z0-9.-]{1,253}$',
        description: 'Host of the object storage, without scheme and bucket.',
      }),
    ),
    watch: Type.Optional(
      Type.Boolean({
        default: true,
        description:
          'Whether to take later files too; false: only the current files. A migration of mode `full` takes one.',
      }),
    ),
    lastFile: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 1023,
        description: 'Key or name of the file that ends the chain, after which the database comes online.',
      }),
    ),
  },
  { ...closed, description: 'A folder to take the backups from, in place of `source`.' },
);

const VendorIdsSchema = Type.Record(Type.String({ maxLength: 64 }), Type.String({ minLength: 1, maxLength: 128 }), {
  minProperties: 1,
  maxProperties: 8,
  description: 'The vendor’s ids that the operator found, named as in `providerRefs`.',
});

/** Account and region, the same in every request that names a provider. */
export const placeFields = {
  account: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 64,
      description: 'A configured account; optional if the provider has exactly one.',
    }),
  ),
  region: Type.Optional(
    Type.String({ pattern: '^[a-z0-9][a-z0-9-]{1,63}$', description: 'Default: the account’s region.' }),
  ),
};

export const MigrationRequestSchema = Type.Object(
  {
    provider: ProviderIdSchema,
    ...placeFields,
    name: Type.Optional(Type.String({ pattern: '^[A-Za-z][A-Za-z0-9_-]{3,49}$' })),
    description: Type.Optional(Description),
    labels: Type.Optional(LabelsSchema),
    mode: Type.Optional(enumOf('Mode', { default: 'full' })),
    target: TargetSchema,
    source: Type.Optional(SourceSchema),
    feed: Type.Optional(FeedSchema),
    adopt: Type.Optional(
      Type.Unsafe<Readonly<Record<string, string>>>({
        ...VendorIdsSchema,
        description:
          'In place of `source`: takes over a task that was started outside Godwit, by the vendor’s ids as `GET /accounts/{name}/tasks` shows ' +
          'them. Nothing is sent. `mode` is optional, because the vendor knows it.',
      }),
    ),
    options: Type.Optional(OptionsSchema),
    providerOptions: Type.Optional(ProviderOptionsSchema),
  },
  { ...closed, $id: 'MigrationRequest' },
);
export type MigrationRequest = Static<typeof MigrationRequestSchema>;

export const MigrationPatchSchema = Type.Object(
  {
    description: Type.Optional(Type.Union([Description, Type.Null()])),
    labels: Type.Optional(
      Type.Union([
        Type.Record(Type.String({ pattern: LabelKey }), Type.Union([Type.String({ maxLength: 255 }), Type.Null()]), {
          maxProperties: 64,
          additionalProperties: false,
        }),
        Type.Null(),
      ]),
    ),
  },
  { ...closed, $id: 'MigrationPatch' },
);
export type MigrationPatch = Static<typeof MigrationPatchSchema>;

export const BackupRequestSchema = Type.Object(
  {
    type: stringEnum(['differential', 'log'], {
      description: 'Kind of the backup; it must fit the mode of the migration.',
    }),
    source: SourceSchema,
    final: Type.Optional(
      Type.Boolean({
        default: false,
        description: 'Whether this is the final backup, after which the database comes online.',
      }),
    ),
  },
  { ...closed, $id: 'BackupRequest' },
);
export type BackupRequest = Static<typeof BackupRequestSchema>;

export const InspectionRequestSchema = Type.Object(
  {
    provider: ProviderIdSchema,
    ...placeFields,
    bucket: Type.String({ pattern: '^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$' }),
    prefix: Type.Optional(
      Type.String({ maxLength: 1023, description: 'Prefix of the keys, such as `prod/orders/`; or give `keys`.' }),
    ),
    keys: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 1023 }), { minItems: 1, maxItems: 256, uniqueItems: true }),
    ),
    endpoint: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z0-9.-]{1,253}$',
        description: 'Accepted as in a source, but Godwit always calls the configured endpoint.',
      }),
    ),
    database: Type.Optional(
      Type.String({ minLength: 1, maxLength: 128, description: 'The expected database of the backups.' }),
    ),
  },
  { ...closed, $id: 'InspectionRequest' },
);
export type InspectionRequest = Static<typeof InspectionRequestSchema>;

export const CutoverRequestSchema = Type.Object(
  {
    afterBackup: Type.Optional(
      Type.String({
        pattern: '^(bkp_[0-9a-z]{26}|latest)$',
        description: 'A queued backup that becomes the final one; `latest`, for a watched folder: its newest file.',
      }),
    ),
  },
  { ...closed, $id: 'CutoverRequest' },
);
export type CutoverRequest = Static<typeof CutoverRequestSchema>;

export const RetryRequestSchema = Type.Object(
  {
    assume: Type.Optional(
      stringEnum(['absent'], {
        description: 'The operator has checked that the vendor did not receive the call of unknown outcome.',
      }),
    ),
    adopt: Type.Optional(VendorIdsSchema),
  },
  { ...closed, $id: 'RetryRequest' },
);
export type RetryRequest = Static<typeof RetryRequestSchema>;
