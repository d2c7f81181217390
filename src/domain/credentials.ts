import type { Instant } from './migration.ts';
import type { Credentials, VendorReply } from './vendor.ts';
import type { ProviderId } from './vocabulary.ts';

/**
 * How an account gets its credentials. `configured` ones are read at every use. All others are issued by a service for a limited time, kept
 * in memory only, and renewed before they expire.
 */
export type AccountCredentials = ConfiguredCredentials | IssuedCredentials;

/** Credentials in the configuration. */
export interface ConfiguredCredentials {
  /** Rejects when a value cannot be read. */
  readonly source: 'configured';
  read(): Promise<Credentials>;
}

/** A source of temporary credentials. Its members are data, and its dialogue with the issuer is pure. */
export interface IssuedCredentials {
  readonly provider: ProviderId;
  /** The name of the source in the configuration, such as `oidc`. */
  readonly source: string;
  /**
   * Kind of issuer: a service of the vendor, the machine's metadata service, or a service beside the pod. Only the last two may use plain HTTP,
   * at link-local or loopback addresses.
   */
  readonly issuer: 'service' | 'metadata' | 'pod';
  /** Base URL of the issuer, without a trailing slash. */
  readonly endpoint: string;
  /** Host of the vendor's metadata service if its address is not link-local. */
  readonly metadataHost?: string;
  /** File with the workload's token. It is read for every exchange, because the kubelet rotates it. */
  readonly tokenFile?: string;
  /** Reads the credentials that authenticate the exchange itself. */
  readonly base?: () => Promise<Credentials>;
  /** Whether repeated rejections lock the user; then Godwit waits longer before the next attempt. Default: false. */
  readonly locksUser?: boolean;
  issue(input: IssueInput): IssueDialogue;
}

/** The input of one exchange with an issuer. */
export interface IssueInput {
  /** Content of the token file; empty if there is none. */
  readonly token: string;
  readonly base: Credentials | null;
  /** The time of this process's clock. */
  readonly now: Instant;
  /** Unique per exchange. */
  readonly nonce: string;
}

/** A complete request to an issuer, signed by its builder where the issuer requires it. It may contain secrets. */
export interface IssuerRequest {
  readonly operation: string;
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

/** Temporary credentials. `expiresAt`: by this process's clock. */
export interface Issued {
  readonly credentials: Credentials;
  readonly expiresAt: Instant;
}

/** Yields requests and receives responses. A failed request throws a `VendorError` into the generator. */
export type IssueDialogue = Generator<IssuerRequest, Issued, VendorReply>;
