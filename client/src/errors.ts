import type { components } from './schema.ts';
import type { Migration } from './types.ts';

/** A problem document (RFC 9457) as the gateway sends it. */
export type ProblemDocument = components['schemas']['Problem'];
/** The closed catalogue of problems. A newer gateway may know more. */
export type ProblemCode = components['schemas']['ProblemCode'];

/** Everything that this package throws on its own account; `switch (error.code)` tells them apart. An abort rejects with the reason of its signal. */
export type GodwitError = GodwitProblem | GodwitUnreachable | GodwitUnexpectedAnswer | GodwitWaitTimeout;

/** Whether something that was caught is an error of this package. */
export function isGodwitError(error: unknown): error is GodwitError {
  return (
    error instanceof GodwitProblem ||
    error instanceof GodwitUnreachable ||
    error instanceof GodwitUnexpectedAnswer ||
    error instanceof GodwitWaitTimeout
  );
}

/** The gateway refused the request, and says why. */
export class GodwitProblem extends Error {
  override readonly name = 'GodwitProblem';
  /** The whole document, with members such as `migrationId` or `actions` that only some problems have. */
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
  /** The single faults of the request, each with a JSON pointer into the body or the name of a parameter. */
  get errors(): NonNullable<ProblemDocument['errors']> {
    return this.document.errors ?? [];
  }
  /** The vendor's own words; null: no vendor spoke. */
  get provider(): NonNullable<ProblemDocument['provider']> | null {
    return this.document.provider ?? null;
  }
  /** The id by which the operator of the gateway finds the request in its log. */
  get requestId(): string {
    return this.document.instance;
  }
}

/** No answer came: the connection failed, or the time for one attempt was over. A request that changes something may have arrived. */
export class GodwitUnreachable extends Error {
  override readonly name = 'GodwitUnreachable';
  readonly code = 'unreachable';

  constructor(origin: string, cause: unknown) {
    super(`${origin} gives no answer: ${deepestMessage(cause)}`, { cause });
  }
}

/** Something answered that is not Godwit: a proxy's page, a redirect, broken JSON. */
export class GodwitUnexpectedAnswer extends Error {
  override readonly name = 'GodwitUnexpectedAnswer';
  readonly code = 'unexpected_answer';
  readonly status: number;

  constructor(status: number, what: string) {
    super(`the answer is not one of Godwit's (status ${status}): ${what}`);
    this.status = status;
  }
}

/** The time of `waitFor` is over. The migration goes on. */
export class GodwitWaitTimeout extends Error {
  override readonly name = 'GodwitWaitTimeout';
  readonly code = 'wait_timeout';
  /** As it was last seen; null: it was not seen at all. */
  readonly migration: Migration | null;

  constructor(id: string, timeoutMs: number, migration: Migration | null) {
    super(`${id} ${migration === null ? 'was not seen' : `is still ${migration.state}`} after ${timeoutMs / 1000} s`);
    this.migration = migration;
  }
}

/** `fetch failed` says little; what caused it says more. */
function deepestMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return deepestMessage(error.cause);
  const { code } = error as { readonly code?: unknown };
  return error.message || (typeof code === 'string' ? code : error.name);
}
