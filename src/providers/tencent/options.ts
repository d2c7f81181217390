import { Type } from '@sinclair/typebox';
import { closed } from '../../domain/typebox.ts';

/** The settings of a migration that only this vendor has: none. */
export const OptionsSchema = Type.Object({}, closed);
