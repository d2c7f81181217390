import { type Static, type TProperties, type TSchema, Type } from '@sinclair/typebox';
import type { AccountCredentials } from './credentials.ts';
import type { Secret } from './secret.ts';
import type { Account, AccountLimits, Credentials } from './vendor.ts';

/** A configured value: a literal, the name of an environment variable, or the path of a file that is read again when it changes. */
export const ValueSchema = Type.Union([
  Type.String({ minLength: 1 }),
  Type.Object({ env: Type.String({ minLength: 1 }) }, { additionalProperties: false }),
  Type.Object({ file: Type.String({ minLength: 1 }) }, { additionalProperties: false }),
]);
/** A configured value, see `ValueSchema`. */
export type Value = Static<typeof ValueSchema>;

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Makes a function that reads configured values and builds credentials from them. Each call reads files again; unchanged credentials are the
 * same object. It rejects with an `Error` that names the place, never the value, when a value was never readable.
 */
export type ReadValues = <C extends Credentials>(
  values: Readonly<Record<string, Value | undefined>>,
  /** Builds the credentials. `read`: the values by name; undefined where the configuration has none. */
  build: (read: Readonly<Record<string, Secret | undefined>>) => C,
) => () => Promise<C>;

/** The inputs of a form of credentials besides the form itself. */
export interface FormContext {
  readonly account: Account;
  readonly values: ReadValues;
}

/** One form of credentials: its schema in the configuration, and its translation to credentials. */
export interface CredentialForm {
  readonly schema: TSchema;
  /** Throws an `Error` if the form is incomplete or contradictory. */
  credentials(form: object, context: FormContext): AccountCredentials;
}

/** Binds a schema to a reader of its static type. */
export function credentialForm<T extends TSchema>(
  schema: T,
  credentials: (form: Static<T>, context: FormContext) => AccountCredentials,
): CredentialForm {
  return { schema, credentials: (form, context) => credentials(form as Static<T>, context) };
}

/** How the configuration describes an account of one provider. */
export interface AccountConfiguration {
  /** Settings in addition to those of every account. */
  readonly settings: TProperties;
  /** Default rate limits in calls per second, from the vendor's pages. */
  readonly limits: AccountLimits;
  /** The form without `source`: access keys and passwords. */
  readonly configured: CredentialForm;
  /** The other forms by their `source`, except `environment`. */
  readonly sources: Readonly<Record<string, CredentialForm>>;
  /** The form that the environment variables of the vendor's own tools describe. Throws an `Error` if they are not set. */
  fromEnvironment(environment: Environment): object;
  /** Completes `common` with the provider's own settings and their defaults. */
  account(common: Account, settings: Readonly<Record<string, unknown>>): Account;
}

/** Schema parts that several forms share. */
export const formParts = {
  path: Type.String({ minLength: 1, maxLength: 4096 }),
  url: Type.String({ pattern: '^https?://[^\\s?#]+$' }),
  roleName: Type.String({ pattern: '^[A-Za-z0-9._@-]{1,128}$' }),
  sessionName: Type.String({ pattern: '^[A-Za-z0-9.@_-]{2,64}$' }),
  /** Lifetime of issued credentials in seconds, from 900 to `maximum`. */
  seconds: (maximum: number) => Type.Integer({ minimum: 900, maximum }),
  object: <T extends TProperties>(properties: T) => Type.Object(properties, { additionalProperties: false }),
  optional: Type.Optional,
} as const;
