import { type Static, Type } from '@sinclair/typebox';
import type { Migration } from '../../domain/migration.ts';
import { closed } from '../../domain/typebox.ts';

/** The settings of a migration that only this vendor has. */
export const OptionsSchema = Type.Object(
  {
    enterpriseProjectId: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
    fileStream: Type.Optional(Type.Boolean({ description: 'The backup contains FILESTREAM data.' })),
    tags: Type.Optional(
      Type.Record(Type.String({ pattern: '^[A-Za-z0-9_-]{1,36}$' }), Type.String({ minLength: 1, maxLength: 43 }), {
        maxProperties: 20,
        additionalProperties: false,
      }),
    ),
  },
  closed,
);

/** Returns the vendor's settings of a migration. Validation has checked them. */
export function optionsOf({ providerOptions }: Migration): Static<typeof OptionsSchema> {
  return (providerOptions.huawei ?? {}) as Static<typeof OptionsSchema>;
}
