import type { Instant } from './migration.ts';
import type { Credentials, VendorReply } from './vendor.ts';
import type { ProviderId } from './vocabulary.ts';

/**
 * How an account gets its credentials. `configured` ones are read at every use. The others are issued for a limited time by a service of
 * the vendor, kept in memory only and renewed before they expire.
 */
export type AccountCredentials = ConfiguredCredentials | IssuedCredentials;

export interface ConfiguredCredentials {
  readonly source: 'configured';
  read(): Promise<Credentials>;
}

/** A source of temporary credentials. Its inputs are data; the dialogue with the issuer is pure. */
export interface IssuedCredentials {
  readonly provider: ProviderId;
  /** Its name in the configuration, such as `oidc`. */
  readonly source: string;
  /**
   * The issuer: a service of the vendor, the machine's metadata service, or a service beside the pod. Only the last two may use plain
   * HTTP, at link-local or loopback addresses.
   */
  readonly issuer: 'service' | 'metadata' | 'pod';
  /** Base URL of the issuer, without a trailing slash. */
  readonly endpoint: string;
  /** The host of the vendor's metadata service if its address is not link-local. */
  readonly metadataHost?: string;
  /** A file with the token of this workload. It is read for every exchange, because the kubelet rotates it. */
  readonly tokenFile?: string;
  /** Credentials for the exchange itself. */
  readonly base?: () => Promise<Credentials>;
  /** Whether repeated rejections lock a user, so that Godwit waits long before the next attempt. Default: false. */
  readonly locksUser?: boolean;
  issue(input: IssueInput): IssueDialogue;
}

export interface IssueInput {
  /** The text of the token file; empty: none. */
  readonly token: string;
  readonly base: Credentials | null;
  /** By our clock. */
  readonly now: Instant;
  /** New for every exchange. */
  readonly nonce: string;
}

/** A complete request to an issuer: its builder has signed it, if at all. It may carry secrets. */
export interface IssuerRequest {
  readonly operation: string;
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

/** Temporary credentials. `expiresAt` by our clock. */
export interface Issued {
  readonly credentials: Credentials;
  readonly expiresAt: Instant;
}

/** Yields requests and receives responses; without a response a `VendorError` is thrown into it. */
export type IssueDialogue = Generator<IssuerRequest, Issued, VendorReply>;
