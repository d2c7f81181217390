import { Type } from '@sinclair/typebox';
import { enumOf } from '../../domain/enum-schema.ts';
import { ProviderIdSchema } from '../../domain/request-schema.ts';
import { stringEnum } from '../../domain/typebox.ts';

/** The schema of `GET /providers`. */
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
          'How many databases a request may name, whether the list may be left out, and how many may have `restoreAs`.',
      },
    ),
    overwrite: Type.Boolean(),
    options: Type.Array(Type.String()),
    cutoverWithoutBackup: Type.Boolean({ description: 'Whether a chain can be opened without a last file.' }),
    cancelWhileRestoring: Type.Boolean(),
    differentialBeforeLogs: Type.Boolean({
      description: 'Whether a chain of mode `full_log` takes one differential backup before the logs.',
    }),
    failedIncrement: stringEnum(['continues', 'vendor_decides', 'fatal'], {
      description: 'What the failed restore of a log or differential backup means for the chain.',
    }),
    oneRestorePerInstance: Type.Boolean({ description: 'Backups queue in Godwit and go out one after the other.' }),
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
            description: 'When a call finds out whether the vendor is back; null while calls are made.',
          }),
        }),
        {
          description:
            'Whether calls are made (`closed`). After several calls in a row without an answer none is made (`open`) until `retryAt`; then one finds out whether the vendor is back (`half_open`). Only where one provider is read.',
        },
      ),
    ),
    slowedOperations: Type.Optional(
      Type.Array(
        Type.Object({
          account: Type.String(),
          region: Type.String(),
          operation: Type.String(),
          speed: Type.Number({ description: 'The part of the limit that is used now.', examples: [0.5] }),
          pausedUntil: Type.Union([Type.String({ format: 'date-time' }), Type.Null()], {
            description: 'No call leaves before then; null: calls leave, at that speed.',
          }),
        }),
        {
          description:
            'Operations of which fewer calls are made, because the vendor throttled one. Each throttled call halves the speed, and within a minute without one it is back at 1 and the operation leaves this list. Only where one provider is read, and as the process that answers sees it.',
        },
      ),
    ),
  },
  { $id: 'Provider', description: 'What a cloud can do, and its limits.' },
);
