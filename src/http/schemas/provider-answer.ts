import { Type } from '@sinclair/typebox';
import { enumOf } from '../../domain/enum-schema.ts';
import { ProviderIdSchema } from '../../domain/request-schema.ts';
import { stringEnum } from '../../domain/typebox.ts';

/** A provider as `GET /providers` and `GET /providers/{id}` return it. */
export const ProviderSchema = Type.Object(
  {
    id: ProviderIdSchema,
    title: Type.String(),
    modes: Type.Array(enumOf('Mode')),
    sources: Type.Array(enumOf('SourceType')),
    filesPerBackup: Type.Object(
      { min: Type.Integer(), max: Type.Integer() },
      { description: 'Objects of an `object_storage` source.' },
    ),
    urlsPerBackup: Type.Object(
      { min: Type.Integer(), max: Type.Integer() },
      { description: 'URLs of a `url` source.' },
    ),
    databases: Type.Object(
      { optional: Type.Boolean(), min: Type.Integer(), max: Type.Integer(), renames: Type.Integer() },
      {
        description:
          'The number of databases that a request may name, whether the list may be omitted, and how many may have `restoreAs`.',
      },
    ),
    overwrite: Type.Boolean(),
    options: Type.Array(Type.String()),
    cutoverWithoutBackup: Type.Boolean({ description: 'Whether a chain can be opened without a final file.' }),
    cancelWhileRestoring: Type.Boolean(),
    differentialBeforeLogs: Type.Boolean({
      description: 'Whether a chain of mode `full_log` accepts one differential backup before the logs.',
    }),
    failedIncrement: stringEnum(['continues', 'vendor_decides', 'fatal'], {
      description: 'The effect of a failed log or differential restore on the chain.',
    }),
    oneRestorePerInstance: Type.Boolean({ description: 'Backups queue in Godwit and are sent one after another.' }),
    progressPercent: Type.Boolean(),
    regions: Type.Array(Type.String()),
    limits: Type.Record(Type.String(), Type.String()),
    circuits: Type.Optional(
      Type.Array(
        Type.Object({
          account: Type.String(),
          region: Type.String(),
          state: stringEnum(['closed', 'open', 'half_open']),
          retryAt: Type.Union([Type.String({ format: 'date-time' }), Type.Null()], {
            description: 'Time of the next probe; null while calls are made.',
          }),
        }),
        {
          description:
            'Whether Godwit makes calls (`closed`). After several consecutive calls without an answer it makes none (`open`) until `retryAt`; ' +
            'then one call probes the vendor (`half_open`). Only when one provider is read.',
        },
      ),
    ),
    slowedOperations: Type.Optional(
      Type.Array(
        Type.Object({
          account: Type.String(),
          region: Type.String(),
          operation: Type.String(),
          speed: Type.Number({ description: 'The part of the limit in use.', examples: [0.5] }),
          pausedUntil: Type.Union([Type.String({ format: 'date-time' }), Type.Null()], {
            description: 'No call is sent before this time; null: calls are sent at that speed.',
          }),
        }),
        {
          description:
            'Operations that are slowed down because the vendor throttled a call. A throttled call halves the speed (of several that left together, the ' +
            'first one); within a minute without one it returns to 1 and the operation leaves this list. Slow-downs are shared by all processes on a ' +
            'PostgreSQL database. Only when one provider is read.',
        },
      ),
    ),
  },
  { $id: 'Provider', description: 'The capabilities and limits of a cloud.' },
);
