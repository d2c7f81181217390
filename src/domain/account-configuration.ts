import { type Static, type TProperties, type TSchema, Type } from '@sinclair/typebox';
import type { AccountCredentials } from './credentials.ts';
import type { Secret } from './secret.ts';
import type { Account, AccountLimits, Credentials } from './vendor.ts';

/** A value given literally, by the name of an environment variable, or by the path of a file that is read again when it changes. */
export const ValueSchema = Type.Union([
  Type.String({ minLength: 1 }),
  Type.Object({ env: Type.String({ minLength: 1 }) }, { additionalProperties: false }),
  Type.Object({ file: Type.String({ minLength: 1 }) }, { additionalProperties: false }),
]);
export type Value = Static<typeof ValueSchema>;

export type Environment = Readonly<Record<string, string | undefined>>;

/** Makes credentials from values that may lie elsewhere. They are read again at every use. */
export type ReadValues = <C extends Credentials>(
  values: Readonly<Record<string, Value | undefined>>,
  /** Gets what was read by name; a value that was not given is undefined. */
  build: (read: Readonly<Record<string, Secret | undefined>>) => C,
) => () => Promise<C>;

/** What the meaning of a form of credentials depends on beside the form itself. */
export interface FormContext {
  readonly account: Account;
  readonly values: ReadValues;
}

/** One form of credentials: its shape in the file, and what it amounts to. */
export interface CredentialForm {
  readonly schema: TSchema;
  /** Throws for a form that does not make a whole. */
  credentials(form: object, context: FormContext): AccountCredentials;
}

/** A form whose reader gets the type of its schema. */
export function credentialForm<T extends TSchema>(
  schema: T,
  credentials: (form: Static<T>, context: FormContext) => AccountCredentials,
): CredentialForm {
  return { schema, credentials: (form, context) => credentials(form as Static<T>, context) };
}

/** What an account of a provider is in the configuration. */
export interface AccountConfiguration {
  /** Settings beside those that every account has. */
  readonly settings: TProperties;
  /** Calls per second unless the account says otherwise, from the vendor's pages. */
  readonly limits: AccountLimits;
  /** The form without `source`: keys and passwords. */
  readonly configured: CredentialForm;
  /** The other forms by their `source`, without `environment`. */
  readonly sources: Readonly<Record<string, CredentialForm>>;
  /** What the vendor's own tools read from the environment, as the form that it amounts to. Throws when nothing is there. */
  fromEnvironment(environment: Environment): object;
  /** The account with its own settings, as they stand in the file, and defaults filled in. */
  account(common: Account, settings: Readonly<Record<string, unknown>>): Account;
}

/** Parts that several forms have. */
export const formParts = {
  path: Type.String({ minLength: 1, maxLength: 4096 }),
  url: Type.String({ pattern: '^https?://[^\\s?#]+$' }),
  roleName: Type.String({ pattern: '^[A-Za-z0-9._@-]{1,128}$' }),
  sessionName: Type.String({ pattern: '^[A-Za-z0-9.@_-]{2,64}$' }),
  /** How long issued credentials are to last, from 900 seconds on. */
  seconds: (maximum: number) => Type.Integer({ minimum: 900, maximum }),
  object: <T extends TProperties>(properties: T) => Type.Object(properties, { additionalProperties: false }),
  optional: Type.Optional,
} as const;
