import { type Static, Type } from '@sinclair/typebox';
import type { Migration } from '../../domain/migration.ts';
import { closed, stringEnum } from '../../domain/typebox.ts';

/** The settings of a migration that only this vendor has. */
export const OptionsSchema = Type.Object(
  {
    chainBase: Type.Optional(
      stringEnum(['updf', 'full'], {
        description: 'How the full backup of a chain is submitted; default: the account’s setting.',
      }),
    ),
  },
  closed,
);

/** Returns the vendor's settings of a migration. Validation has checked them. */
export function optionsOf({ providerOptions }: Migration): Static<typeof OptionsSchema> {
  return (providerOptions.alibaba ?? {}) as Static<typeof OptionsSchema>;
}
