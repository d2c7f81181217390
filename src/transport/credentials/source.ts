import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Instant } from '../../domain/migration.ts';
import type { Provider } from '../../domain/provider.ts';
import type { Runtime } from '../../domain/runtime.ts';
import {
  type Credentials,
  type FailureKind,
  type SignedRequest,
  VendorError,
  type VendorReply,
  type VendorRequest,
  vendorFailure,
} from '../../domain/vendor.ts';
import type { ProviderId } from '../../domain/vocabulary.ts';
import type { Exchange } from '../exchange.ts';
import { exchangeFailure } from '../failure.ts';

/** Credentials that end. `expiresAt` by our clock. */
export interface Issued {
  readonly credentials: Credentials;
  readonly expiresAt: Instant;
}

/** A way to come by temporary credentials. */
export interface CredentialSource {
  /** How long nothing is tried after a refusal with the same inputs, in milliseconds. */
  readonly refusalPauseMs: number;
  /** Tells the inputs of an exchange apart: a rotated token file or a changed password ends the pause after a refusal. */
  fingerprint(): Promise<string>;
  /** Throws `VendorError`. */
  issue(): Promise<Issued>;
}

export interface SourceContext {
  readonly exchange: Exchange;
  readonly runtime: Runtime;
  readonly providers: Readonly<Record<ProviderId, Pick<Provider, 'failureOf' | 'sign'>>>;
}

/** A request to an issuing service. */
export interface Ask {
  readonly provider: ProviderId;
  readonly operation: string;
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Sends it once. Throws `VendorError` only where no answer came. */
export async function ask(context: SourceContext, request: Ask): Promise<VendorReply> {
  const signed: SignedRequest = {
    method: request.method,
    url: request.url,
    headers: request.headers ?? {},
    body: request.body,
  };
  return send(context, signed, request.provider, request.operation);
}

export async function send(
  { exchange, runtime }: SourceContext,
  signed: SignedRequest,
  provider: ProviderId,
  operation: string,
): Promise<VendorReply> {
  try {
    return await exchange.send(signed, runtime.now);
  } catch (error) {
    throw new VendorError(exchangeFailure(error, vendorRequest(operation), provider, new URL(signed.url).host));
  }
}

/** Throws the vendor's error in an answer, if there is one, as its provider reads it. `secrets` are masked in the vendor's words. */
export function expectNoFailure(
  { providers }: SourceContext,
  provider: ProviderId,
  operation: string,
  reply: VendorReply,
  secrets: readonly string[],
): void {
  const failure = providers[provider].failureOf(vendorRequest(operation), reply);
  if (failure === null) return;
  const message = secrets.reduce<string | null>(
    (text, secret) => text?.replaceAll(secret, '[secret]') ?? null,
    failure.provider.message,
  );
  // Whatever the service calls it, a refusal here concerns what this gateway identifies itself with.
  const refused = refusals.includes(failure.kind);
  throw new VendorError({
    ...failure,
    kind: refused ? 'unauthenticated' : failure.kind,
    code: refused ? 'provider_auth_failed' : failure.code,
    detail: refused ? `${operation} was refused: ${message ?? failure.detail}` : failure.detail,
    provider: { ...failure.provider, operation, message },
  });
}

const refusals: readonly FailureKind[] = ['unauthenticated', 'rejected', 'session_expired', 'not_found', 'busy'];

/** An answer that cannot be used. */
export function unusable(
  provider: ProviderId,
  operation: string,
  kind: Extract<FailureKind, 'garbage' | 'unauthenticated' | 'unavailable'>,
  detail: string,
  httpStatus: number | null,
): VendorError {
  return new VendorError(vendorFailure({ kind, detail, provider: { name: provider, operation, httpStatus } }));
}

/** Reads a token file. Throws `VendorError`, without what the file holds. */
export async function readToken(provider: ProviderId, path: string): Promise<string> {
  const text = await readFile(path, 'utf8').then(
    (content) => content.trim(),
    () => null,
  );
  if (text !== null && text !== '') return text;
  const what = text === null ? 'cannot be read' : 'is empty';
  throw unusable(provider, 'ReadTokenFile', 'unauthenticated', `The token file ${path} ${what}.`, null);
}

/** Parses an answer as a JSON object; null for anything else. */
export function objectOf(text: string): Readonly<Record<string, unknown>> | null {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return null;
  }
}

export function asObject(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : null;
}

/** A text that is not empty; null for anything else. */
export function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/**
 * The end of credentials by our clock: the service's own `Date` tells how far its clock is from ours. An end that cannot be read is
 * taken as an early one.
 */
export function endOf(end: unknown, reply: VendorReply, now: Instant): Instant {
  const stated = typeof end === 'number' ? end * 1000 : Date.parse(String(end));
  if (Number.isNaN(stated)) return now + unreadableLifeMs;
  const theirs = Date.parse(reply.headers.date ?? '');
  return Number.isNaN(theirs) ? stated : now + (stated - theirs);
}
const unreadableLifeMs = 15 * 60_000;

export function digestOf(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('hex');
}

function vendorRequest(operation: string): VendorRequest {
  return {
    operation,
    service: 'sts',
    effect: 'read',
    method: 'POST',
    path: '/',
    query: [],
    headers: {},
    body: undefined,
  };
}
