import { Type } from '@sinclair/typebox';
import { enumOf } from '../../domain/enum-schema.ts';
import { ProviderIdSchema } from '../../domain/request-schema.ts';
import { stringEnum } from '../../domain/typebox.ts';
import { migrationStates } from '../../domain/vocabulary.ts';
import { deliveryStates } from '../../domain/webhook.ts';
import { pageParameters } from './operation.ts';

const Time = (description: string) => Type.Optional(Type.String({ format: 'date-time', description }));
const Name = (description: string) => Type.Optional(Type.String({ minLength: 1, maxLength: 128, description }));

/** Filters of `GET /migrations`, in addition to `label.<key>=<value>` once per label. */
export const MigrationListQuery = Type.Object(
  {
    provider: Type.Optional(ProviderIdSchema),
    account: Name('Only migrations of this account.'),
    region: Name('Only migrations in this region.'),
    state: Type.Optional(
      Type.Array(enumOf('MigrationState'), {
        maxItems: migrationStates.length,
        description: 'Only migrations in this state; repeat it for several.',
      }),
    ),
    instanceId: Name('Only migrations onto this instance.'),
    name: Name('Only migrations of this name.'),
    createdAfter: Time('Only migrations created after this time (RFC 3339).'),
    createdBefore: Time('Only migrations created before this time (RFC 3339).'),
    sort: Type.Optional(
      stringEnum(['createdAt', '-createdAt'], {
        default: '-createdAt',
        description: '`createdAt`: oldest first. `-createdAt`: newest first.',
      }),
    ),
    ...pageParameters,
  },
  { additionalProperties: false, patternProperties: { '^label\\..': { type: 'string', maxLength: 255 } } },
);

/** The older form of `POST /migrations/dry-run`. */
export const DryRunQuery = Type.Object(
  {
    dryRun: Type.Optional(
      stringEnum(['false', 'true', 'preflight'], {
        default: 'false',
        description:
          '`true`: check the request and show the calls to the vendor; nothing is stored or sent. `preflight`: also run the vendor’s ' +
          'read-only checks.',
      }),
    ),
  },
  { additionalProperties: false },
);

export const DryRunOperationQuery = Type.Object(
  {
    preflight: Type.Optional(
      Type.Boolean({ description: 'Also run the vendor’s read-only checks and read the header of the backup.' }),
    ),
  },
  { additionalProperties: false },
);

/** The query of requests for many migrations. */
export const ManyQuery = Type.Object(
  {
    dryRun: Type.Optional(Type.Boolean({ description: 'Show the result for each item; nothing is stored or sent.' })),
  },
  { additionalProperties: false },
);

export const BackupCommandQuery = Type.Object(
  {
    database: Type.String({ minLength: 1, maxLength: 128, description: 'The database on the source server.' }),
    type: enumOf('BackupType', { description: 'Kind of the backup.' }),
    mode: Type.Optional(
      enumOf('Mode', { default: 'full', description: 'Mode of the migration that the backup is for.' }),
    ),
    final: Type.Optional(Type.Boolean({ default: false, description: 'Whether it is the final backup of the chain.' })),
    path: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        pattern: '^[^\\x00-\\x1f\'"]+$',
        description: 'Folder on the source server, with a trailing separator; the vendor’s default is `D:\\`.',
      }),
    ),
    account: Name('The account for the call; optional if the provider has exactly one.'),
  },
  { additionalProperties: false },
);

export const AuditQuery = Type.Object(
  {
    caller: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 2048,
        description:
          'Only records of this caller: the name of a key, or issuer and subject of a token as `<issuer>#<subject>`.',
      }),
    ),
    migrationId: Type.Optional(Type.String({ maxLength: 64, description: 'Only records of this migration.' })),
    since: Time('Only records since this time (RFC 3339).'),
    ...pageParameters,
  },
  { additionalProperties: false },
);

export const DeliveryListQuery = Type.Object(
  {
    state: Type.Optional(stringEnum(deliveryStates, { description: 'Only deliveries in this state.' })),
    ...pageParameters,
  },
  { additionalProperties: false },
);

export const PageQuery = Type.Object(pageParameters, { additionalProperties: false });

export const ForeignTasksQuery = Type.Object(
  {
    instanceId: Type.String({
      pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{2,127}$',
      description: 'The vendor’s id of the instance: vendors list tasks by instance.',
    }),
    region: Type.Optional(
      Type.String({ pattern: '^[a-z0-9][a-z0-9-]{1,63}$', description: 'Default: the account’s region.' }),
    ),
    ...pageParameters,
  },
  { additionalProperties: false },
);

/** The query of lists that are short enough for one page. */
export const WholeListQuery = Type.Object(
  {
    ...pageParameters,
    pageSize: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 200, description: 'Items per page; absent: all, up to 10,000.' }),
    ),
  },
  { additionalProperties: false },
);

export const VerboseQuery = Type.Object(
  { verbose: Type.Optional(Type.Boolean({ description: 'Show the individual checks.' })) },
  { additionalProperties: false },
);
