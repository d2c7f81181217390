import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AuditEntry, AuditLog } from '../domain/audit.ts';

/** The known facts of a request that was rejected before routing. */
export interface UnroutedRequest {
  /** Null if the input was not HTTP. */
  readonly method: string | null;
  readonly remoteAddress: string;
  readonly requestId: string;
  readonly status: number;
  /** The problem code. */
  readonly outcome: string;
}

/** Records requests: a log line, and for changes an audit record. */
export interface AuditTrail {
  /** The audit record for the transaction of a change. `status`: null if the transaction alone does not decide it. */
  entryOf(request: FastifyRequest, status: number | null): AuditEntry;
  /** Records a request that reached a route. */
  asked(request: FastifyRequest, reply: FastifyReply, payload: unknown): void;
  /** Records a request that reached no route and has no caller. */
  refusedUnrouted(refused: UnroutedRequest): void;
  placeOf: AuditLog['placeOf'];
  /** Waits for pending records; gives up after one last attempt for each. */
  close(): Promise<void>;
}
