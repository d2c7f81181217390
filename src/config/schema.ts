import { type Static, type TProperties, type TSchema, Type } from '@sinclair/typebox';
import { type Value, ValueSchema } from '../domain/account-configuration.ts';
import { storageService } from '../domain/object-store.ts';
import { remembered } from '../domain/remembered.ts';
import type { AccountLimits, CheckBackups } from '../domain/vendor.ts';
import type { ProviderId } from '../domain/vocabulary.ts';
import type { ConfiguredProvider } from './config.ts';

const closed = { additionalProperties: false } as const;
const object = <T extends TProperties>(properties: T) => Type.Object(properties, closed);
const optional = Type.Optional;

/** Pattern of the names of API keys. */
export const keyNamePattern = '^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$';

const Scopes = Type.Array(
  Type.Union([
    Type.Literal('migrations:read'),
    Type.Literal('migrations:write'),
    Type.Literal('migrations:cutover'),
    Type.Literal('admin'),
  ]),
  { uniqueItems: true },
);
const Url = Type.String({ pattern: '^https?://[^\\s?#]+$' });
const AccountName = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$' });
const Region = Type.String({ pattern: '^[a-z0-9][a-z0-9-]{1,63}$' });
/** Members for outbound settings, for all accounts or for one. */
const Outbound = { proxy: optional(ValueSchema), ca: optional(ValueSchema) };
const PerSecond = Type.Number({ exclusiveMinimum: 0, maximum: 1000 });
const Limits = object({
  readsPerSecond: optional(PerSecond),
  writesPerSecond: optional(PerSecond),
  operations: optional(Type.Record(Type.String({ pattern: '^[A-Z][A-Za-z0-9]{1,63}$' }), PerSecond, closed)),
});
const CheckBackupsSchema = optional(Type.Union([Type.Literal('off'), Type.Literal('auto'), Type.Literal('required')]));

/** Log levels, the most verbose first. */
export const logLevels: readonly string[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

const JwtIssuerSchema = object({
  issuer: Type.String({ minLength: 1, pattern: '^[^#]+$' }),
  audience: Type.String({ minLength: 1 }),
  jwksUri: Url,
  tokenType: optional(Type.Union([Type.Literal('at+jwt'), Type.Literal('any')])),
  scopesClaim: optional(Type.String({ minLength: 1 })),
  accountsClaim: optional(Type.String({ minLength: 1 })),
  clockToleranceSeconds: optional(Type.Integer({ minimum: 0, maximum: 300 })),
});

/** A token issuer in the configuration file. */
export type JwtIssuer = Static<typeof JwtIssuerSchema>;

/** Credentials of any form. `formFaults` in load.ts validates them by `source`. */
const AnyCredentials = Type.Object({ source: optional(Type.String()) }, { additionalProperties: true });

/**
 * Returns the schema of a provider's account. The schema is chosen by provider before validation, so that faults name the field instead of
 * a union branch.
 */
export const accountSchema = remembered(({ id, configuration, services }: ConfiguredProvider) =>
  object({
    name: AccountName,
    provider: Type.Literal(id),
    region: Region,
    credentials: AnyCredentials,
    checkBackups: CheckBackupsSchema,
    limits: optional(Limits),
    ...Outbound,
    endpoints: optional(
      object(Object.fromEntries([...services, storageService].map((service) => [service, optional(Url)]))),
    ),
    ...configuration.settings,
  }),
);

/** An account in the file. It may have further members, which its provider defines. */
export interface AccountEntry {
  readonly name: string;
  readonly provider: ProviderId;
  readonly region: string;
  readonly credentials: { readonly source?: string };
  readonly checkBackups?: CheckBackups;
  readonly limits?: Partial<AccountLimits>;
  readonly proxy?: Value;
  readonly ca?: Value;
  readonly endpoints?: Readonly<Record<string, string>>;
}

/** The schemas of a provider's credentials by `source`. `configured` is the form without `source`. */
export const credentialSchemas = remembered(
  ({ configuration }: ConfiguredProvider): Readonly<Record<string, TSchema>> => ({
    configured: configuration.configured.schema,
    ...Object.fromEntries(Object.entries(configuration.sources).map(([source, { schema }]) => [source, schema])),
    environment: object({ source: Type.Literal('environment') }),
  }),
);

const Milliseconds = (minimum: number) => optional(Type.Integer({ minimum, maximum: 86_400_000 }));

/** The schema of the configuration file. `checkAccounts` in load.ts validates the accounts by provider. */
export const ConfigFileSchema = object({
  listen: optional(
    object({
      host: optional(Type.String({ minLength: 1 })),
      port: optional(Type.Integer({ minimum: 0, maximum: 65_535 })),
      allowedHosts: optional(Type.Array(Type.String({ pattern: '^[A-Za-z0-9.-]{1,253}$' }), { uniqueItems: true })),
      corsOrigins: optional(
        Type.Array(Type.String({ pattern: '^https?://[a-z0-9.-]+(:[0-9]{1,5})?$' }), { uniqueItems: true }),
      ),
      keepAliveMs: optional(Type.Integer({ minimum: 1000, maximum: 3_600_000 })),
      maxEventLoopDelayMs: optional(Type.Integer({ minimum: 0, maximum: 60_000 })),
    }),
  ),
  store: optional(object({ url: optional(ValueSchema) })),
  auth: optional(
    object({
      keys: optional(
        Type.Array(
          object({
            name: Type.String({ pattern: keyNamePattern }),
            sha256: Type.String({ pattern: '^[0-9a-fA-F]{64}$' }),
            scopes: Scopes,
            accounts: Type.Array(Type.String({ minLength: 1 }), { uniqueItems: true }),
          }),
        ),
      ),
      jwt: optional(Type.Union([JwtIssuerSchema, Type.Array(JwtIssuerSchema, { minItems: 1, maxItems: 20 })])),
      publicDocs: optional(Type.Boolean()),
      publicMetrics: optional(Type.Boolean()),
    }),
  ),
  encryption: optional(object({ key: optional(ValueSchema), previousKeys: optional(Type.Array(ValueSchema)) })),
  feed: optional(object({ scanMs: Milliseconds(50) })),
  engine: optional(
    object({
      pollMinMs: Milliseconds(50),
      pollMaxMs: Milliseconds(50),
      callTimeoutMs: Milliseconds(100),
      leaseMs: Milliseconds(500),
      settleMs: Milliseconds(0),
      resendTries: optional(Type.Integer({ minimum: 1, maximum: 100 })),
      busyMs: Milliseconds(0),
      stallMs: Milliseconds(1000),
    }),
  ),
  log: optional(
    object({
      level: optional(Type.Union(logLevels.map((level) => Type.Literal(level)))),
    }),
  ),
  rateLimit: optional(
    object({ requestsPerSecond: Type.Number({ exclusiveMinimum: 0 }), burst: optional(Type.Integer({ minimum: 1 })) }),
  ),
  publicUrl: optional(Url),
  trustedProxies: optional(Type.Array(Type.String({ minLength: 2 }), { uniqueItems: true })),
  allowPrivateEndpoints: optional(Type.Boolean()),
  outbound: optional(object({ ...Outbound, noProxy: optional(Type.String()) })),
  webhooks: optional(
    object({
      timeoutMs: optional(Type.Integer({ minimum: 100, maximum: 60_000 })),
      privateAddresses: optional(Type.Boolean()),
      plainHttp: optional(Type.Boolean()),
    }),
  ),
  accounts: optional(Type.Array(Type.Object({}, { additionalProperties: true }))),
});
/** The content of the configuration file after the schema check. */
export type ConfigFile = Static<typeof ConfigFileSchema>;

/**
 * Returns a list from a file that may not match the schema; for another value an empty list. The schema check reports the fault, and other
 * checks continue.
 */
export function listOf<T>(value: unknown): readonly T[] {
  return Array.isArray(value) ? value : [];
}
