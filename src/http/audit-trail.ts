import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AuditEntry, AuditLog } from '../domain/audit.ts';

/** The known facts of a request that was refused before routing. */
export interface UnroutedRequest {
  /** Null: it was no HTTP. */
  readonly method: string | null;
  readonly remoteAddress: string;
  readonly requestId: string;
  readonly status: number;
  /** The problem code. */
  readonly outcome: string;
}

/** Records requests: a log line, and for changes an audit record. */
export interface AuditTrail {
  /** What is to be said of a request for a change in the transaction of that change. `status`: null where more than that settles it. */
  entryOf(request: FastifyRequest, status: number | null): AuditEntry;
  /** A request that reached a route. */
  asked(request: FastifyRequest, reply: FastifyReply, payload: unknown): void;
  /** One that did not: it has no caller. */
  refusedUnrouted(refused: UnroutedRequest): void;
  placeOf: AuditLog['placeOf'];
  /** Writes what has not been written yet. */
  close(): Promise<void>;
}
