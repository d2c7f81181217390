import { type Static, type TSchema, Type } from '@sinclair/typebox';
import { enumOf } from './enum-schema.ts';
import {
  DatabaseSchema,
  FeedSchema,
  OptionsSchema,
  ProviderIdSchema,
  ProviderOptionsSchema,
  type SourceRequest,
  SourceSchema,
} from './request-schema.ts';
import { closed, discriminated, nullable } from './typebox.ts';

/** Schemas of responses. Static types, serialization and the OpenAPI document derive from them. */

/** The files of an adopted backup, as far as the vendor shows them. */
export const AdoptedSourceSchema = Type.Object(
  {
    type: Type.Literal('adopted'),
    files: Type.Array(Type.String(), {
      description: 'Names as the vendor shows them, links without their query; empty if it shows none.',
    }),
  },
  { ...closed, $id: 'AdoptedSource', title: 'Adopted' },
);

/** A source as responses show it: that of a request, or of an adopted backup. */
export const ShownSourceSchema = discriminated('type', [...(SourceSchema.oneOf as [TSchema]), AdoptedSourceSchema], {
  $id: 'ShownSource',
  description: 'Location of the backup; `adopted`: it was sent outside Godwit.',
}) as ReturnType<typeof Type.Unsafe<SourceRequest | Static<typeof AdoptedSourceSchema>>>;
export type SourceRepresentation = Static<typeof ShownSourceSchema>;

export const RefsSchema = Type.Record(Type.String(), Type.String(), { description: 'The vendor’s ids, verbatim.' });

const Time = Type.String({ format: 'date-time' });

const VendorErrorSchema = Type.Object({
  name: ProviderIdSchema,
  operation: Type.String(),
  code: nullable(Type.String()),
  message: nullable(Type.String()),
  requestId: nullable(Type.String()),
  httpStatus: nullable(Type.Integer()),
});

export const ErrorSchema = Type.Object(
  {
    code: Type.Union([enumOf('ProblemCode'), enumOf('RestoreErrorCode')]),
    detail: Type.String(),
    retryable: Type.Boolean(),
    provider: Type.Optional(VendorErrorSchema),
  },
  { $id: 'MigrationError', description: 'Why it failed: Godwit’s code, an explanation, and the vendor’s own words.' },
);

const Lsn = nullable(Type.String({ description: 'Log sequence number in decimal, as SQL Server prints it.' }));

export const BackupHeaderSchema = Type.Object(
  {
    database: nullable(Type.String()),
    type: nullable(enumOf('BackupType')),
    startedAt: nullable(Type.String({ description: 'Local time of the source server, without a zone.' })),
    finishedAt: nullable(Type.String({ description: 'Local time of the source server, without a zone.' })),
    firstLsn: Lsn,
    lastLsn: Lsn,
    checkpointLsn: Lsn,
    databaseBackupLsn: Lsn,
    serverVersion: nullable(Type.String({ description: 'Version of the source server.' })),
    copyOnly: nullable(Type.Boolean()),
    stripe: nullable(Type.Object({ number: Type.Integer(), of: Type.Integer() })),
    sets: nullable(Type.Integer({ description: 'Number of backups in the file.' })),
    form: enumOf('BackupForm'),
  },
  { $id: 'BackupHeader', description: 'The header of a backup file. Unknown members are null.' },
);

export const BackupSchema = Type.Object(
  {
    id: Type.String(),
    type: enumOf('BackupType'),
    source: ShownSourceSchema,
    final: Type.Boolean(),
    header: nullable(BackupHeaderSchema),
    state: enumOf('BackupState'),
    providerStatus: nullable(Type.String()),
    providerRefs: RefsSchema,
    error: nullable(ErrorSchema),
    createdAt: Time,
    submittedAt: nullable(Time),
    finishedAt: nullable(Time),
  },
  { $id: 'Backup' },
);
export type BackupRepresentation = Static<typeof BackupSchema>;

export const MigrationSchema = Type.Object(
  {
    id: Type.String(),
    provider: ProviderIdSchema,
    account: Type.String(),
    region: Type.String(),
    name: nullable(Type.String()),
    description: nullable(Type.String()),
    labels: Type.Record(Type.String(), Type.String()),
    mode: enumOf('Mode'),
    target: Type.Object({
      instanceId: Type.String(),
      databases: Type.Optional(Type.Array(DatabaseSchema)),
      overwrite: Type.Boolean(),
    }),
    source: Type.Optional(ShownSourceSchema),
    feed: Type.Optional(FeedSchema),
    options: OptionsSchema,
    providerOptions: Type.Optional(ProviderOptionsSchema),
    state: enumOf('MigrationState'),
    stateReason: nullable(enumOf('Reason')),
    providerStatus: nullable(Type.String({ description: 'The vendor’s status, verbatim.' })),
    providerRefs: RefsSchema,
    actions: Type.Array(enumOf('Action'), { description: 'What is possible now.' }),
    blocking: Type.Array(
      Type.Object({
        code: enumOf('Reason'),
        detail: Type.String(),
        since: Time,
        provider: Type.Optional(VendorErrorSchema),
      }),
      { description: 'Why it does not proceed, with the vendor’s own words if a vendor rejected a call.' },
    ),
    warnings: Type.Array(Type.Object({ code: enumOf('Warning'), detail: Type.String() }), {
      description: 'Information for people about a migration that is not itself at fault.',
    }),
    progress: Type.Object({
      percent: nullable(Type.Integer({ minimum: 0, maximum: 100 })),
      backupsTotal: Type.Integer(),
      backupsRestored: Type.Integer(),
      behindSeconds: nullable(
        Type.Integer({
          description:
            'For a watched folder: how much older the last restored backup is than the newest one of the chain in the folder.',
        }),
      ),
    }),
    backups: Type.Array(BackupSchema, { description: 'In the order of their restore.' }),
    backupsOmitted: Type.Optional(
      Type.Integer({
        minimum: 1,
        description:
          'Number of backups of a long chain that are omitted after the first one: lists and answers to changes show 50. ' +
          '`GET /migrations/{id}` and `GET /migrations/{id}/backups` have all.',
      }),
    ),
    error: nullable(ErrorSchema),
    createdBy: Type.String({ description: 'The caller that created it, as in the audit.' }),
    createdAt: Time,
    startedAt: nullable(Time),
    finishedAt: nullable(Time),
    updatedAt: Time,
    observedAt: nullable(Time),
  },
  { $id: 'Migration' },
);
export type MigrationRepresentation = Static<typeof MigrationSchema>;

export const ProblemSchema = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    instance: Type.String({ description: 'The request id.' }),
    code: enumOf('ProblemCode'),
    retryable: Type.Boolean(),
    errors: Type.Optional(
      Type.Array(
        Type.Object({
          pointer: Type.Optional(Type.String()),
          parameter: Type.Optional(Type.String()),
          detail: Type.String(),
        }),
      ),
    ),
    provider: Type.Optional(VendorErrorSchema),
  },
  { $id: 'Problem', additionalProperties: true, description: 'RFC 9457 problem document.' },
);
