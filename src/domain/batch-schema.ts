import { type Static, Type } from '@sinclair/typebox';
import { enumOf } from './enum-schema.ts';
import {
  FeedSchema,
  InstanceId,
  LabelsSchema,
  MigrationRequestSchema,
  ProviderIdSchema,
  placeFields,
} from './request-schema.ts';
import { closed, stringEnum } from './typebox.ts';

/** Schemas of requests about many migrations. */

/** Maximum numbers of migrations in one batch and in one selection. */
export const maxBatch = 100;
export const maxSelected = 200;

const { $id: _labels, ...labels } = LabelsSchema;
const CommonLabels = Type.Unsafe<Readonly<Record<string, string>>>({
  ...labels,
  minProperties: 1,
  description: 'Labels for every migration of the batch, by which it can be found and changed.',
});

const DatabaseFolderSchema = Type.Object(
  {
    provider: ProviderIdSchema,
    ...placeFields,
    mode: Type.Optional(enumOf('Mode', { default: 'full' })),
    target: Type.Object({ instanceId: InstanceId }, closed),
    bucket: FeedSchema.properties.bucket,
    prefix: FeedSchema.properties.prefix,
    endpoint: FeedSchema.properties.endpoint,
    watch: FeedSchema.properties.watch,
  },
  {
    ...closed,
    description:
      'A folder with backups of several databases. Each database becomes a migration that takes its backups from the folder, as with `feed`.',
  },
);

export const BatchRequestSchema = Type.Object(
  {
    labels: CommonLabels,
    migrations: Type.Optional(
      Type.Array(MigrationRequestSchema, {
        minItems: 1,
        maxItems: maxBatch,
        description: 'Each like the body of `createMigration`. Give either these or `folder`.',
      }),
    ),
    folder: Type.Optional(DatabaseFolderSchema),
  },
  { ...closed, $id: 'BatchRequest' },
);
export type BatchRequest = Static<typeof BatchRequestSchema>;

const SelectorSchema = Type.Object(
  {
    labels: Type.Unsafe<Readonly<Record<string, string>>>({
      ...labels,
      minProperties: 1,
      description: 'Migrations that have all of these labels.',
    }),
    provider: Type.Optional(ProviderIdSchema),
    account: placeFields.account,
    instanceId: Type.Optional(InstanceId),
  },
  { ...closed, description: 'Selects among the migrations that have not ended.' },
);

export const CutoverSelectionSchema = Type.Object(
  {
    selector: SelectorSchema,
    afterBackup: Type.Optional(
      stringEnum(['latest'], {
        description: 'For watched folders: the newest file becomes the final one.',
      }),
    ),
  },
  { ...closed, $id: 'CutoverSelection' },
);
export type CutoverSelection = Static<typeof CutoverSelectionSchema>;

export const CancelSelectionSchema = Type.Object({ selector: SelectorSchema }, { ...closed, $id: 'CancelSelection' });
export type CancelSelection = Static<typeof CancelSelectionSchema>;
