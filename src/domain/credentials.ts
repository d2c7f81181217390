import type { Credentials, HuaweiAccessKeyCredentials, HuaweiPasswordCredentials } from './vendor.ts';

/**
 * How an account comes by its credentials. `configured` ones are read anew at every use; all others are issued for a time by a
 * service of the vendor, kept in memory only and renewed ahead of their end.
 */
export type AccountCredentials =
  | { readonly source: 'configured'; read(): Promise<Credentials> }
  | AlibabaOidc
  | AlibabaMetadata
  | HuaweiOidc
  | HuaweiAgency
  | HuaweiMetadata
  | HuaweiPodIdentity
  | TencentOidc
  | TencentMetadata;

/** All but the configured ones. */
export type IssuedCredentials = Exclude<AccountCredentials, { readonly source: 'configured' }>;

/** Base URLs have no trailing slash. Token files are read again for every exchange: the kubelet rotates them. */
interface Issued<P extends string, S extends string> {
  readonly provider: P;
  readonly source: S;
  /** Base URL of the service that issues them. */
  readonly endpoint: string;
}

/** AssumeRoleWithOIDC, as RRSA on ACK uses it. */
export interface AlibabaOidc extends Issued<'alibaba', 'oidc'> {
  readonly roleArn: string;
  readonly oidcProviderArn: string;
  readonly tokenFile: string;
  readonly sessionName: string;
  /** 900 to the role's maximum. */
  readonly durationSeconds: number;
}
/** The RAM role of an ECS machine. */
export interface AlibabaMetadata extends Issued<'alibaba', 'metadata'> {
  /** Null: the machine's own is asked for. */
  readonly roleName: string | null;
  /** Whether the form without a token may be used where the hardened one is not offered. */
  readonly allowV1: boolean;
}
/** An id token exchanged at IAM for a token and then for a temporary access key. */
export interface HuaweiOidc extends Issued<'huawei', 'oidc'> {
  readonly identityProviderId: string;
  readonly tokenFile: string;
  /** 900 to 86 400. */
  readonly durationSeconds: number;
  /** Scope of the token. */
  readonly project: { readonly id: string } | { readonly name: string };
}
/** Delegation by another account. */
export interface HuaweiAgency extends Issued<'huawei', 'agency'> {
  readonly agencyName: string;
  /** Name of the delegating account. */
  readonly domainName: string;
  readonly durationSeconds: number;
  /** The delegate's own credentials. */
  base(): Promise<HuaweiPasswordCredentials | HuaweiAccessKeyCredentials>;
}
/** The agency bound to an ECS machine. */
export interface HuaweiMetadata extends Issued<'huawei', 'metadata'> {}
/** The pod identity of CCE; `endpoint` is the whole address. */
export interface HuaweiPodIdentity extends Issued<'huawei', 'pod_identity'> {
  readonly tokenFile: string;
}
/** AssumeRoleWithWebIdentity, as TKE uses it. */
export interface TencentOidc extends Issued<'tencent', 'oidc'> {
  readonly providerId: string;
  readonly roleArn: string;
  readonly tokenFile: string;
  readonly sessionName: string;
  /** Region sent along; any will do. */
  readonly region: string;
  /** At most 43 200. */
  readonly durationSeconds: number;
}
/** The CAM role of a CVM machine. */
export interface TencentMetadata extends Issued<'tencent', 'metadata'> {
  readonly roleName: string | null;
}
