import { Type } from '@sinclair/typebox';
import { migrationStates, ProviderIdSchema, stringEnum } from '../../domain/schema.ts';
import { pageParameters } from './operation.ts';

const Time = (description: string) => Type.Optional(Type.String({ format: 'date-time', description }));
const Name = (description: string) => Type.Optional(Type.String({ minLength: 1, maxLength: 128, description }));

/** Filters of `GET /migrations`; `label.<key>=<value>` comes on top, once per label. */
export const MigrationListQuery = Type.Object(
  {
    provider: Type.Optional(ProviderIdSchema),
    account: Name('Only migrations of this account.'),
    region: Name('Only migrations in this region.'),
    state: Type.Optional(
      Type.Array(stringEnum(migrationStates), {
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

export const DryRunQuery = Type.Object(
  {
    dryRun: Type.Optional(
      stringEnum(['false', 'true', 'preflight'], {
        default: 'false',
        description:
          '`true`: check the request and show the calls to the vendor; nothing is stored or sent. `preflight`: also run the vendor’s read-only checks.',
      }),
    ),
  },
  { additionalProperties: false },
);

export const PageQuery = Type.Object(pageParameters, { additionalProperties: false });

export const VerboseQuery = Type.Object(
  { verbose: Type.Optional(Type.Boolean({ description: 'Show the single checks.' })) },
  { additionalProperties: false },
);
