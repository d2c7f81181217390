import { Type } from '@sinclair/typebox';
import { closed } from '../../domain/typebox.ts';

/** This vendor has no settings of its own for a migration. */
export const OptionsSchema = Type.Object({}, closed);
