import type { components } from './schema.ts';
import type { Migration } from './types.ts';

/** A problem document (RFC 9457) as the gateway sends it. */
export type ProblemDocument = components['schemas']['Problem'];
/** The codes of the problem catalogue. A newer gateway may have more. */
export type ProblemCode = components['schemas']['ProblemCode'];

/** The errors of this package; `switch (error.code)` distinguishes them. An aborted call rejects with the reason of its signal instead. */
export type GodwitError = GodwitProblem | GodwitUnreachable | GodwitUnexpectedAnswer | GodwitWaitTimeout;

/** Whether a caught value is an error of this package. */
export function isGodwitError(error: unknown): error is GodwitError {
  return (
    error instanceof GodwitProblem ||
    error instanceof GodwitUnreachable ||
    error instanceof GodwitUnexpectedAnswer ||
    error instanceof GodwitWaitTimeout
  );
}

/** The gateway rejected the request with a problem document. */
export class GodwitProblem extends Error {
  override readonly name = 'GodwitProblem';
  /** The complete document, including members that only some problems have, such as `migrationId` or `actions`. */
  readonly document: ProblemDocument;

  constructor(document: ProblemDocument) {
    super(`${document.code}: ${document.detail}`);
    this.document = document;
  }

  get code(): ProblemCode {
    return this.document.code;
  }
  get status(): number {
    return this.document.status;
  }
  get detail(): string {
    return this.document.detail;
  }
  /** Whether the same request can succeed later without being changed. */
  get retryable(): boolean {
    return this.document.retryable;
  }
  /** The individual faults of the request, each with a JSON pointer into the body or the name of a parameter. */
  get errors(): NonNullable<ProblemDocument['errors']> {
    return this.document.errors ?? [];
  }
  /** The vendor's own words; null: no vendor was involved. */
  get provider(): NonNullable<ProblemDocument['provider']> | null {
    return this.document.provider ?? null;
  }
  /** The request id; the operator of the gateway finds it in the log. */
  get requestId(): string {
    return this.document.instance;
  }
}

/** No response arrived: the connection failed or the attempt timed out. A request for a change may have reached the gateway. */
export class GodwitUnreachable extends Error {
  override readonly name = 'GodwitUnreachable';
  readonly code = 'unreachable';

  constructor(origin: string, cause: unknown) {
    super(`${origin} gives no answer: ${deepestMessage(cause)}`, { cause });
  }
}

/** The response is not one of Godwit: a proxy's page, a redirect, malformed JSON. */
export class GodwitUnexpectedAnswer extends Error {
  override readonly name = 'GodwitUnexpectedAnswer';
  readonly code = 'unexpected_answer';
  readonly status: number;

  constructor(status: number, what: string) {
    super(`the answer is not one of Godwit's (status ${status}): ${what}`);
    this.status = status;
  }
}

/** The timeout of `waitFor` has passed. The migration continues. */
export class GodwitWaitTimeout extends Error {
  override readonly name = 'GodwitWaitTimeout';
  readonly code = 'wait_timeout';
  /** The migration as last read; null: it was never read. */
  readonly migration: Migration | null;

  constructor(id: string, timeoutMs: number, migration: Migration | null) {
    super(`${id} ${migration === null ? 'was not seen' : `is still ${migration.state}`} after ${timeoutMs / 1000} s`);
    this.migration = migration;
  }
}

/** The message of the innermost cause: `fetch failed` alone says little. */
function deepestMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return deepestMessage(error.cause);
  const { code } = error as { readonly code?: unknown };
  return error.message || (typeof code === 'string' ? code : error.name);
}
