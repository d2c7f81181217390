import { type Static, type TProperties, type TSchema, Type } from '@sinclair/typebox';
import { ValueSchema } from './values.ts';

const object = <T extends TProperties>(properties: T) => Type.Object(properties, { additionalProperties: false });
const optional = Type.Optional;

const Path = Type.String({ minLength: 1, maxLength: 4096 });
const Url = Type.String({ pattern: '^https?://[^\\s?#]+$' });
const RoleName = Type.String({ pattern: '^[A-Za-z0-9._@-]{1,128}$' });
const SessionName = Type.String({ pattern: '^[A-Za-z0-9.@_-]{2,64}$' });
const Seconds = (maximum: number) => Type.Integer({ minimum: 900, maximum });
const source = <S extends string>(name: S) => Type.Literal(name);

/** Credentials before their form is known; `source` tells it. */
export const AnyCredentials = Type.Object({ source: optional(Type.String()) }, { additionalProperties: true });

const HuaweiLogin = {
  accountName: optional(ValueSchema),
  userName: optional(ValueSchema),
  password: optional(ValueSchema),
  accessKeyId: optional(ValueSchema),
  secretAccessKey: optional(ValueSchema),
  securityToken: optional(ValueSchema),
};

/** The forms of credentials by provider and `source`; `configured` is the one without `source`. */
export const credentialSchemas = {
  alibaba: {
    configured: object({
      accessKeyId: ValueSchema,
      accessKeySecret: ValueSchema,
      securityToken: optional(ValueSchema),
    }),
    oidc: object({
      source: source('oidc'),
      roleArn: Type.String({ pattern: '^acs:ram::[0-9]+:role/.+$' }),
      oidcProviderArn: Type.String({ pattern: '^acs:ram::[0-9]+:oidc-provider/.+$' }),
      tokenFile: Path,
      sessionName: optional(SessionName),
      durationSeconds: optional(Seconds(43_200)),
      endpoint: optional(Url),
    }),
    metadata: object({
      source: source('metadata'),
      roleName: optional(RoleName),
      allowV1: optional(Type.Boolean()),
      endpoint: optional(Url),
    }),
    environment: object({ source: source('environment') }),
  },
  huawei: {
    configured: object(HuaweiLogin),
    oidc: object({
      source: source('oidc'),
      identityProviderId: Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' }),
      tokenFile: Path,
      durationSeconds: optional(Seconds(86_400)),
      endpoint: optional(Url),
    }),
    agency: object({
      source: source('agency'),
      agencyName: Type.String({ minLength: 1, maxLength: 64 }),
      domainName: Type.String({ minLength: 1, maxLength: 64 }),
      durationSeconds: optional(Seconds(86_400)),
      base: object(HuaweiLogin),
      endpoint: optional(Url),
    }),
    metadata: object({ source: source('metadata'), endpoint: optional(Url) }),
    pod_identity: object({ source: source('pod_identity'), endpoint: Url, tokenFile: Path }),
    environment: object({ source: source('environment') }),
  },
  tencent: {
    configured: object({ secretId: ValueSchema, secretKey: ValueSchema, token: optional(ValueSchema) }),
    oidc: object({
      source: source('oidc'),
      providerId: Type.String({ minLength: 1, maxLength: 128 }),
      roleArn: Type.String({ pattern: '^qcs::cam::uin/[0-9]+:roleName/.+$' }),
      tokenFile: Path,
      sessionName: optional(SessionName),
      region: optional(Type.String({ pattern: '^[a-z0-9-]{2,64}$' })),
      durationSeconds: optional(Seconds(43_200)),
      endpoint: optional(Url),
    }),
    metadata: object({ source: source('metadata'), roleName: optional(RoleName), endpoint: optional(Url) }),
    environment: object({ source: source('environment') }),
  },
} as const;

type Forms = typeof credentialSchemas;
/** A form without `source`. */
type Plain<T extends TSchema> = Static<T> & { readonly source?: undefined };

export type AlibabaForm =
  | Plain<Forms['alibaba']['configured']>
  | Static<Forms['alibaba']['oidc']>
  | Static<Forms['alibaba']['metadata']>
  | Static<Forms['alibaba']['environment']>;
export type HuaweiForm =
  | Plain<Forms['huawei']['configured']>
  | Static<Forms['huawei']['oidc']>
  | Static<Forms['huawei']['agency']>
  | Static<Forms['huawei']['metadata']>
  | Static<Forms['huawei']['pod_identity']>
  | Static<Forms['huawei']['environment']>;
export type TencentForm =
  | Plain<Forms['tencent']['configured']>
  | Static<Forms['tencent']['oidc']>
  | Static<Forms['tencent']['metadata']>
  | Static<Forms['tencent']['environment']>;
export type HuaweiLoginForm = Static<Forms['huawei']['configured']>;
