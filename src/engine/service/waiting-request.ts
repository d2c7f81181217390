import type { AuditEntry } from '../../domain/audit.ts';
import type { Migration } from '../../domain/migration.ts';
import { Problem } from '../../domain/problem.ts';
import type { Runtime } from '../../domain/runtime.ts';
import type { IdempotencyKey, OpenRequest, SettledAnswer } from '../../domain/store.ts';
import { submissionRefusal } from '../../domain/submission.ts';
import type { ChangeRequestContext, Outcome, Reply } from '../interface.ts';

/** The response to an outcome, in the form that the store keeps. */
export function settledAnswer(reply: Reply, outcome: Outcome): SettledAnswer {
  return { answer: reply.compose(outcome), outcome: outcome instanceof Problem ? outcome.code : 'ok' };
}

/** A creation whose caller waits. The write that settles it also stores the response. */
export class WaitingRequest implements OpenRequest {
  readonly idempotency?: IdempotencyKey;
  readonly audit?: AuditEntry;
  /** End of the caller's wait, in monotonic milliseconds. */
  readonly end: number;
  /** The migration that was stored with the response; null: no response is stored. */
  settled: Migration | null = null;
  readonly #runtime: Pick<Runtime, 'now' | 'monotonic'>;
  readonly #reply: Reply | undefined;
  #open = true;

  constructor(
    runtime: Pick<Runtime, 'now' | 'monotonic'>,
    waitMs: number,
    { idempotency, audit, reply }: Pick<ChangeRequestContext, 'idempotency' | 'audit' | 'reply'>,
  ) {
    this.#runtime = runtime;
    this.#reply = reply;
    this.end = runtime.monotonic() + waitMs;
    if (idempotency !== undefined) this.idempotency = idempotency;
    if (audit !== undefined) this.audit = audit;
  }

  /** Whether waiting is over: the vendor has accepted or refused, or the next step is due after the end of the wait. */
  isClear({ state, dueAt }: Migration): boolean {
    return (
      state !== 'pending' || dueAt === null || dueAt > this.#runtime.now() + (this.end - this.#runtime.monotonic())
    );
  }

  /** The response if the stored migration settles the request; null: it does not, or the caller no longer waits. */
  answer(stored: Migration): SettledAnswer | null {
    if (!this.#open || this.#reply === undefined || !this.isClear(stored)) return null;
    const outcome = submissionRefusal(stored) ?? { migration: stored, accepted: stored.startedAt !== null };
    return settledAnswer(this.#reply, outcome);
  }

  /** Called when the response for this migration is stored. */
  kept(stored: Migration): void {
    this.#open = false;
    this.settled = stored;
    this.#reply?.kept();
  }

  /** Ends the wait. The caller gets a response that this request did not store. */
  close(): void {
    this.#open = false;
  }
}
