import { isAbortedTransactionError } from 'kysely';
import { DatabaseError } from 'pg';
import { StoreUnavailable, UnreadableRecord } from '../../domain/store.ts';
import { NotPrimary } from './servers.ts';

/** SQLSTATE classes that blame the statement: feature, data, integrity, syntax. An internal fault, passed through unchanged. */
const ours = new Set(['0A', '22', '23', '42']);

/**
 * Errors after which the same transaction may succeed at once: serialization failure, deadlock, the backend's own shutdown, and a server that
 * takes no writes any more, whose connection is closed.
 */
const passing = new Set(['40001', '40P01', '57P01', '57P02', '25006']);

/** Another transaction has just stored the same idempotency key, and the next try finds it. */
const keys = 'idempotency_keys_pkey';

/** Programming errors of the process itself. */
const programming = [TypeError, RangeError, SyntaxError, ReferenceError];

/** The rejection of a failed call: `StoreUnavailable` for a failure of the database or its connection, else the error itself. */
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

/** Whether a transaction that failed so, before its commit was sent, is worth running again at once. */
export function worthRepeating(error: unknown): boolean {
  if (error instanceof DatabaseError) return passing.has(error.code ?? '') || error.constraint === keys;
  return error instanceof NotPrimary || (error instanceof Error && connectionLost(error));
}

/** Whether another one of several servers may be reached instead. */
export function unreachable(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.every(unreachable);
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? error.code : undefined;
  const codes = ['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'EAI_AGAIN', '57P03'];
  return codes.includes(String(code)) || /timeout/i.test(error.message);
}

/** Whether a commit that failed so is certainly not carried out: the server has answered, and not that it is going down. */
export function certainlyRolledBack(error: unknown): boolean {
  return isAbortedTransactionError(error) || (error instanceof DatabaseError && !error.code?.startsWith('57P'));
}

/** Not `ECONNREFUSED` or a timeout: those cost the next try as much time, and fail it the same way. */
function connectionLost(error: Error): boolean {
  if ('code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE')) return true;
  return /^Connection terminated( unexpectedly)?$|not queryable/.test(error.message);
}

/** An error of several addresses (`localhost`) has no message of its own. */
function describe(error: Error): string {
  if (error.message !== '') return error.message;
  return error instanceof AggregateError && error.errors[0] instanceof Error ? error.errors[0].message : error.name;
}
