import { type Static, type TProperties, Type } from '@sinclair/typebox';
import { AnyCredentials } from './credential-schema.ts';
import { ValueSchema } from './values.ts';

const closed = { additionalProperties: false } as const;
const object = <T extends TProperties>(properties: T) => Type.Object(properties, closed);
const optional = Type.Optional;

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
const Limits = object({
  readsPerSecond: optional(Type.Number({ exclusiveMinimum: 0, maximum: 1000 })),
  writesPerSecond: optional(Type.Number({ exclusiveMinimum: 0, maximum: 1000 })),
});
const CheckBackups = optional(Type.Union([Type.Literal('off'), Type.Literal('auto'), Type.Literal('required')]));

/** How much can be logged, from all to nothing. */
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

export type JwtIssuer = Static<typeof JwtIssuerSchema>;

const AlibabaAccountSchema = object({
  name: AccountName,
  provider: Type.Literal('alibaba'),
  region: Region,
  credentials: AnyCredentials,
  signature: optional(Type.Union([Type.Literal('rpc'), Type.Literal('acs3')])),
  chainBase: optional(Type.Union([Type.Literal('updf'), Type.Literal('full')])),
  storageSignature: optional(Type.Union([Type.Literal('v4'), Type.Literal('v1')])),
  checkBackups: CheckBackups,
  limits: optional(Limits),
  endpoints: optional(object({ rds: optional(Url), storage: optional(Url) })),
});
const HuaweiAccountSchema = object({
  name: AccountName,
  provider: Type.Literal('huawei'),
  region: Region,
  projectId: optional(Type.String({ pattern: '^[0-9a-f]{32}$' })),
  credentials: AnyCredentials,
  checkBackups: CheckBackups,
  limits: optional(Limits),
  endpoints: optional(object({ iam: optional(Url), drs: optional(Url), rds: optional(Url), storage: optional(Url) })),
});
const TencentAccountSchema = object({
  name: AccountName,
  provider: Type.Literal('tencent'),
  region: Region,
  credentials: AnyCredentials,
  timeZone: optional(Type.String({ pattern: '^[+-][0-9]{2}:[0-9]{2}$' })),
  checkBackups: CheckBackups,
  limits: optional(Limits),
  endpoints: optional(object({ sqlserver: optional(Url), storage: optional(Url) })),
});

/** The schema of an account by its provider: chosen before validation, so that faults name the field and not the branch. */
export const accountSchemas = {
  alibaba: AlibabaAccountSchema,
  huawei: HuaweiAccountSchema,
  tencent: TencentAccountSchema,
} as const;
export type AccountEntry =
  | Static<typeof AlibabaAccountSchema>
  | Static<typeof HuaweiAccountSchema>
  | Static<typeof TencentAccountSchema>;

const Milliseconds = (minimum: number) => optional(Type.Integer({ minimum, maximum: 86_400_000 }));

export const ConfigFileSchema = object({
  listen: optional(
    object({
      host: optional(Type.String({ minLength: 1 })),
      port: optional(Type.Integer({ minimum: 0, maximum: 65_535 })),
      allowedHosts: optional(Type.Array(Type.String({ pattern: '^[A-Za-z0-9.-]{1,253}$' }), { uniqueItems: true })),
      keepAliveMs: optional(Type.Integer({ minimum: 1000, maximum: 3_600_000 })),
    }),
  ),
  store: optional(object({ url: optional(ValueSchema) })),
  auth: optional(
    object({
      keys: optional(
        Type.Array(
          object({
            name: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$' }),
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
  webhooks: optional(
    object({
      timeoutMs: optional(Type.Integer({ minimum: 100, maximum: 60_000 })),
      privateAddresses: optional(Type.Boolean()),
      plainHttp: optional(Type.Boolean()),
    }),
  ),
  accounts: optional(Type.Array(Type.Object({}, { additionalProperties: true }))),
});
export type ConfigFile = Static<typeof ConfigFileSchema>;

/** A list as it stands in a file that may not fit the schema: its faults are told, and the other checks go on. */
export function listOf<T>(value: unknown): readonly T[] {
  return Array.isArray(value) ? value : [];
}
