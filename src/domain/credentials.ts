import type { Instant } from './migration.ts';
import type { Credentials, VendorReply } from './vendor.ts';
import type { ProviderId } from './vocabulary.ts';

/**
 * How an account gets its credentials. `configured` ones are read at every use; all others are issued for a limited time by a
 * service of the vendor, kept in memory only and renewed ahead of their end.
 */
export type AccountCredentials = ConfiguredCredentials | IssuedCredentials;

export interface ConfiguredCredentials {
  readonly source: 'configured';
  read(): Promise<Credentials>;
}

/** A way to credentials that end. What it needs from outside is named as data; the conversation with the issuer is pure. */
export interface IssuedCredentials {
  readonly provider: ProviderId;
  /** As the configuration calls it, such as `oidc`. */
  readonly source: string;
  /**
   * Who issues them: a service of the vendor, the machine's metadata service, or a service beside the pod. Only the last two may be
   * spoken to over plain HTTP, at addresses that lead nowhere else.
   */
  readonly issuer: 'service' | 'metadata' | 'pod';
  /** Base URL of the issuer, without a trailing slash. */
  readonly endpoint: string;
  /** The host of the vendor's metadata service where it is no link-local address; null: it is, or there is none. */
  readonly metadataHost: string | null;
  /** A file whose text proves who asks; null: none. It is read again for every exchange, because the kubelet rotates it. */
  readonly tokenFile: string | null;
  /** Credentials with which the exchange is asked for; null: none. */
  readonly base: (() => Promise<Credentials>) | null;
  /** Whether a refusal counts against a user whom the vendor locks, so that nothing is tried again for long. */
  readonly locksUser: boolean;
  issue(input: IssueInput): IssueDialogue;
}

export interface IssueInput {
  /** The text of the token file; empty where there is none. */
  readonly token: string;
  readonly base: Credentials | null;
  /** By our clock. */
  readonly now: Instant;
  /** New for every exchange. */
  readonly nonce: string;
}

/** A request to an issuer, whole: it is signed, if at all, by who built it. It may carry secrets. */
export interface IssuerRequest {
  readonly operation: string;
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

/** Credentials that end. `expiresAt` by our clock. */
export interface Issued {
  readonly credentials: Credentials;
  readonly expiresAt: Instant;
}

/** Yields requests and receives whatever was answered; where no answer came, a `VendorError` is thrown into it. */
export type IssueDialogue = Generator<IssuerRequest, Issued, VendorReply>;
