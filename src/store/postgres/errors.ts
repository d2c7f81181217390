import { isAbortedTransactionError } from 'kysely';
import { DatabaseError } from 'pg';
import { StoreUnavailable, UnreadableRecord } from '../../domain/store.ts';
import { NotPrimary } from './servers.ts';

/** SQLSTATE classes of faulty statements: feature, data, integrity, syntax. These are internal errors and pass through unchanged. */
const ours = new Set(['0A', '22', '23', '42']);

/**
 * SQLSTATE codes after which the same transaction may succeed at once: serialization failure, deadlock, shutdown of the server process, and a
 * server that accepts no more writes, whose connection is closed.
 */
const passing = new Set(['40001', '40P01', '57P01', '57P02', '25006']);

/** Violated when another transaction stores the same idempotency key first. The next attempt finds that key. */
const keys = 'idempotency_keys_pkey';

/** Errors in this program. */
const programming = [TypeError, RangeError, SyntaxError, ReferenceError];

/** The rejection for a failed call: `StoreUnavailable` if the database or connection failed, otherwise the error itself. */
export function postgresFailure(error: unknown): unknown {
  if (
    error instanceof StoreUnavailable ||
    error instanceof UnreadableRecord ||
    programming.some((type) => error instanceof type)
  )
    return error;
  if (error instanceof DatabaseError && ours.has((error.code ?? '').slice(0, 2))) return error;
  return new StoreUnavailable(error instanceof Error ? describe(error) : 'the database failed', { cause: error });
}

/** Whether a transaction that failed before its commit was sent should be repeated at once. */
export function worthRepeating(error: unknown): boolean {
  if (error instanceof DatabaseError) return passing.has(error.code ?? '') || error.constraint === keys;
  return error instanceof NotPrimary || (error instanceof Error && connectionLost(error));
}

/** Whether the server was not reached, so that another one of several may be. */
export function unreachable(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.every(unreachable);
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? error.code : undefined;
  const codes = ['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'EAI_AGAIN', '57P03'];
  return codes.includes(String(code)) || /timeout/i.test(error.message);
}

/** Whether a failed commit certainly did not take place: the server reported an error other than its own shutdown. */
export function certainlyRolledBack(error: unknown): boolean {
  return isAbortedTransactionError(error) || (error instanceof DatabaseError && !error.code?.startsWith('57P'));
}

/** Whether an established connection broke. Not `ECONNREFUSED` or a timeout, which a repetition would meet again after the same time. */
function connectionLost(error: Error): boolean {
  if ('code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE')) return true;
  return /^Connection terminated( unexpectedly)?$|not queryable/.test(error.message);
}

/** The message of an error. An error about several addresses, such as those of `localhost`, has none of its own. */
function describe(error: Error): string {
  if (error.message !== '') return error.message;
  return error instanceof AggregateError && error.errors[0] instanceof Error ? error.errors[0].message : error.name;
}
