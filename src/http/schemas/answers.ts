import { type TSchema, Type } from '@sinclair/typebox';
import {
  BackupHeaderSchema,
  BackupSchema,
  MigrationSchema,
  ProblemSchema,
  RefsSchema,
} from '../../domain/answer-schema.ts';
import { enumOf } from '../../domain/enum-schema.ts';
import { ProviderIdSchema } from '../../domain/request-schema.ts';
import { nullable, stringEnum } from '../../domain/typebox.ts';
import { DeliverySchema, WebhookSchema } from '../../domain/webhook-schema.ts';
import { ProviderSchema } from './provider-answer.ts';

/** Schemas of responses that only the HTTP surface has. */

const nextPageToken = Type.Union([Type.String(), Type.Null()], {
  description: 'Pass it as `pageToken` for the next page; null: this is the last one.',
});

function page(name: string, item: TSchema) {
  return Type.Object({ items: Type.Array(item), nextPageToken }, { $id: name });
}

export const EventSchema = Type.Object(
  {
    id: Type.String(),
    migrationId: Type.String(),
    account: Type.String(),
    type: enumOf('EventType'),
    at: Type.String({ format: 'date-time' }),
    data: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()])),
  },
  { $id: 'Event', description: 'A fact about one migration.' },
);

export const AccountSchema = Type.Object(
  { name: Type.String(), provider: ProviderIdSchema, region: Type.String() },
  { $id: 'Account', description: 'A configured cloud account; never its credentials.' },
);

const FaultSchema = Type.Object({
  pointer: Type.Optional(Type.String({ description: 'JSON pointer (RFC 6901) into the body.' })),
  parameter: Type.Optional(Type.String({ description: 'A query parameter or a header.' })),
  detail: Type.String(),
});

export const DryRunSchema = Type.Object(
  {
    valid: Type.Boolean(),
    problems: Type.Array(
      Type.Composite([
        FaultSchema,
        Type.Object({
          code: enumOf('ProblemCode', { description: 'Code of the problem that the request would get.' }),
        }),
      ]),
    ),
    notes: Type.Array(Type.Object({ code: enumOf('Warning'), detail: Type.String() }), {
      description: 'Information for people that does not prevent the request.',
    }),
    plan: Type.Array(
      Type.Object({ operation: Type.String(), method: Type.String(), url: Type.String(), parameters: Type.Unknown() }),
      { description: 'The calls to the vendor in order, masked. Ids that only the vendor knows appear as `{name}`.' },
    ),
    adoption: Type.Optional(
      Type.Object(
        {
          state: enumOf('MigrationState'),
          providerStatus: nullable(Type.String()),
          providerRefs: RefsSchema,
          mode: enumOf('Mode'),
          backups: Type.Array(
            Type.Object({
              type: enumOf('BackupType'),
              files: Type.Array(Type.String(), { description: 'Names as the vendor shows them.' }),
              final: Type.Boolean(),
              state: enumOf('BackupState'),
            }),
            { description: 'In the order of their restore.' },
          ),
        },
        { description: 'With `adopt` and `preflight`: the task that would be adopted, as the vendor shows it now.' },
      ),
    ),
  },
  { $id: 'DryRun', description: 'The effect of a request. Nothing was stored or sent.' },
);

const ItemTarget = Type.Object(MigrationSchema.properties.target.properties, {
  description: 'The instance and the databases of this item, also where it has no migration.',
});
const ItemStatus = Type.Integer({ description: 'HTTP status of a single request for this item.' });

export const BatchResultSchema = Type.Object(
  {
    items: Type.Array(
      Type.Object({
        target: ItemTarget,
        status: ItemStatus,
        migration: Type.Optional(MigrationSchema),
        problem: Type.Optional(ProblemSchema),
        dryRun: Type.Optional(DryRunSchema),
      }),
      { description: 'In the order of the request; for a folder, in the order of database names.' },
    ),
  },
  { $id: 'BatchResult', description: 'The result for each migration of a batch: the migration, or why there is none.' },
);

export const SelectionResultSchema = Type.Object(
  {
    items: Type.Array(
      Type.Object({
        migrationId: Type.String(),
        target: ItemTarget,
        status: ItemStatus,
        migration: Type.Optional(MigrationSchema),
        problem: Type.Optional(ProblemSchema),
      }),
      { description: 'The oldest first.' },
    ),
  },
  {
    $id: 'SelectionResult',
    description: 'The result for each selected migration: its current representation, or why it was not changed.',
  },
);

const maybeTime = nullable(Type.String({ format: 'date-time' }));

export const ForeignTaskSchema = Type.Object(
  {
    providerRefs: RefsSchema,
    owned: Type.Boolean({ description: 'Always false: no migration of this gateway owns it.' }),
    instanceId: Type.String(),
    name: nullable(Type.String()),
    providerStatus: Type.String({ description: 'The vendor’s status, verbatim.' }),
    state: nullable(enumOf('MigrationState')),
    detail: nullable(Type.String()),
    mode: nullable(enumOf('Mode')),
    databases: nullable(Type.Array(Type.String())),
    files: nullable(Type.Array(Type.String())),
    createdAt: maybeTime,
    startedAt: maybeTime,
    finishedAt: maybeTime,
  },
  { $id: 'ForeignTask', description: 'A task at the vendor that was started outside Godwit.' },
);

export const ForeignTaskPageSchema = Type.Object(
  {
    items: Type.Array(ForeignTaskSchema),
    nextPageToken,
    complete: Type.Boolean({ description: 'Whether the vendor’s list was read to its end.' }),
  },
  { $id: 'ForeignTaskPage', description: 'Tasks of one instance that were started outside Godwit.' },
);

export const FeedPageSchema = Type.Object(
  {
    items: Type.Array(
      Type.Object({
        key: Type.String(),
        size: Type.Integer({ description: 'Bytes.' }),
        lastModified: nullable(Type.String({ format: 'date-time' })),
        verdict: enumOf('FeedVerdict'),
        reason: nullable(Type.String()),
        backupId: nullable(Type.String()),
        header: nullable(BackupHeaderSchema),
      }),
    ),
    nextPageToken: nullable(Type.String()),
    scannedAt: nullable(Type.String({ format: 'date-time', description: 'When the folder was last listed.' })),
  },
  { $id: 'FeedPage', description: 'The files of a watched folder.' },
);

export const InspectionSchema = Type.Object(
  {
    files: Type.Array(
      Type.Object({
        key: Type.String(),
        size: Type.Integer({ description: 'Bytes.' }),
        lastModified: nullable(Type.String({ format: 'date-time' })),
        etag: nullable(Type.String()),
        storageClass: nullable(Type.String()),
        header: nullable(BackupHeaderSchema),
        faults: Type.Array(Type.Object({ code: enumOf('ProblemCode'), detail: Type.String() })),
      }),
    ),
    chains: Type.Array(
      Type.Object({
        database: Type.String(),
        complete: Type.Boolean({ description: 'Whether there is a full backup and no gap after it.' }),
        restores: Type.Array(Type.String(), { description: 'Keys in the order of their restore.' }),
        needless: Type.Array(Type.String(), { description: 'Keys that the chain does not need.' }),
        gaps: Type.Array(
          Type.Object({
            after: nullable(Type.String({ description: 'Null: the full backup is missing.' })),
            before: Type.String(),
            detail: Type.String(),
          }),
        ),
      }),
    ),
  },
  { $id: 'Inspection', description: 'The headers of the files in a folder, and their chains.' },
);

export const UploadTargetSchema = Type.Object(
  {
    bucket: Type.String(),
    region: Type.String({ description: 'Region of the bucket.' }),
    key: Type.String({ description: 'The full key of the object, without a leading slash.' }),
    host: Type.String({ description: 'Host of the bucket; upload the file to `https://{host}/{key}`.' }),
    credentials: Type.Object(
      { secretId: Type.String(), secretKey: Type.String(), token: Type.String() },
      { description: 'Temporary keys of the vendor’s object storage, for this upload only.' },
    ),
    startsAt: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
    expiresAt: Type.String({ format: 'date-time', description: 'When they expire; then request new ones.' }),
  },
  {
    $id: 'UploadTarget',
    description: 'The destination of an `upload` backup’s file, with temporary credentials for the upload.',
  },
);

export const BackupCommandSchema = Type.Object(
  { command: Type.String({ description: 'T-SQL with line breaks, to run on the source server.' }) },
  { $id: 'BackupCommand', description: 'The vendor’s command for making a backup.' },
);

export const HealthSchema = Type.Object(
  {
    status: stringEnum(['live', 'ready']),
    checks: Type.Optional(Type.Array(Type.Object({ name: Type.String(), ok: Type.Boolean(), detail: Type.String() }))),
  },
  { $id: 'Health' },
);

export const ProblemEntrySchema = Type.Object(
  {
    code: enumOf('ProblemCode'),
    status: Type.Integer(),
    title: Type.String(),
    retryable: Type.Boolean({ description: 'Whether the same request can succeed later without being changed.' }),
    help: Type.String(),
  },
  { $id: 'ProblemEntry', description: 'The meaning of a problem, and what to do.' },
);

export const RootSchema = Type.Object(
  {
    name: Type.String({ description: 'Always `Godwit`.' }),
    version: Type.String({ description: 'The version of the gateway.' }),
    environment: stringEnum(['sandbox', 'live'], {
      description: 'Whether the gateway uses the built-in emulated clouds or configured accounts of real ones.',
    }),
    links: Type.Record(Type.String(), Type.String(), { description: 'Links by name.' }),
  },
  { $id: 'Root', description: 'The links of the API.' },
);

const Known = (description: string) => Type.Union([Type.String(), Type.Null()], { description });

export const AuditRecordSchema = Type.Object(
  {
    id: Type.String(),
    at: Type.String({ format: 'date-time' }),
    caller: Known(
      'Name of the key, or issuer and subject of the token as `<issuer>#<subject>`; null: the request had no valid credentials.',
    ),
    remoteAddress: Type.String({
      description:
        'Address of the client as reported by configured proxies, else of the peer; `several` in a record of several addresses.',
    }),
    operation: Known('Operation id; null: no operation has this method and path.'),
    method: Type.String(),
    account: Known('The account of the request.'),
    instanceId: Known('The instance of the request.'),
    migrationId: Known('The migration that the request created or names.'),
    webhookId: Known('The webhook that the request created or names.'),
    status: Type.Union([Type.Integer(), Type.Null()], {
      description: 'HTTP status of the answer; null: the change was stored, but the process ended before it answered.',
    }),
    outcome: Type.String({
      description: '`ok`, the problem code, or `stored` if there was no answer.',
    }),
    requestId: Type.String(),
    replayed: Type.Boolean({
      description: 'Whether the answer repeats the first one for the idempotency key; the request then had no effect.',
    }),
    count: Type.Integer({
      minimum: 1,
      description: 'Number of requests in the record: 1, except that many rejections are recorded as a sum per minute.',
    }),
  },
  { $id: 'AuditRecord', description: 'A record of a requested change: caller, resource and outcome.' },
);

export const pageSchemas = [
  page('MigrationPage', MigrationSchema),
  page('BackupPage', BackupSchema),
  page('EventPage', EventSchema),
  page('WebhookPage', WebhookSchema),
  page('DeliveryPage', DeliverySchema),
  page('ProviderPage', ProviderSchema),
  page('AccountPage', AccountSchema),
  page('AuditPage', AuditRecordSchema),
  page('ProblemEntryPage', ProblemEntrySchema),
] as const;
