import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Problem } from '../../domain/problem.ts';
import type { UnroutedRequest } from '../audit-trail.ts';
import { type ProblemAnswer, problemAnswer } from '../problem-document.ts';
import { invalidParameter } from '../validation/invalid-request.ts';
import { bareSecurityHeaders } from './security-headers.ts';

// Not imported: see `webhooks/sender.ts`.
const { METHODS } = process.getBuiltinModule('node:http');

/** Time to send the response before the connection is closed, in milliseconds. */
const lastWordMs = 1000;

/** An error of Node's HTTP parser; `rawPacket` is its last input. */
export interface ParserFault {
  readonly code?: string;
  readonly rawPacket?: unknown;
}

/**
 * Answers malformed or slow input on the socket, because no request exists yet. Returns null if the peer has gone. The connection closes
 * after `lastWordMs`, because a peer that never closes would hold it forever.
 */
export function answerBrokenRequest(
  error: ParserFault,
  socket: Socket,
  requestId: string,
  base: string,
): UnroutedRequest | null {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy();
    return null;
  }
  const answer = problemAnswer(new Problem('invalid_request', sentenceOf(error.code)), requestId, base);
  const head = [
    'HTTP/1.1 400 Bad Request',
    ...Object.entries({ ...bareSecurityHeaders, ...answer.headers }).map(([name, value]) => `${name}: ${value}`),
    `content-length: ${Buffer.byteLength(answer.body)}`,
    `x-request-id: ${requestId}`,
    'connection: close',
  ];
  const { remoteAddress = 'unknown' } = socket;
  setTimeout(() => socket.destroy(), lastWordMs).unref();
  socket.end(`${head.join('\r\n')}\r\n\r\n${answer.body}`);
  return { ...refusalOf(answer, requestId), method: methodOf(error.rawPacket), remoteAddress };
}

/** Answers a request with an unsupported `Expect` header. */
export function answerUnmetExpectation(
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
  base: string,
): UnroutedRequest {
  const answer = problemAnswer(invalidParameter('Expect', 'can only be `100-continue`'), requestId, base);
  response.writeHead(answer.status, {
    ...bareSecurityHeaders,
    ...answer.headers,
    'x-request-id': requestId,
    connection: 'close',
  });
  response.end(answer.body);
  const { method = null, socket } = request;
  return { ...refusalOf(answer, requestId), method, remoteAddress: socket.remoteAddress ?? 'unknown' };
}

function refusalOf({ status }: ProblemAnswer, requestId: string) {
  return { status, outcome: 'invalid_request', requestId } as const;
}

/** The method, if the input starts like a request. */
function methodOf(packet: unknown): string | null {
  const beginning = Buffer.isBuffer(packet) ? packet.toString('latin1', 0, 32) : '';
  const word = /^([A-Z-]{3,20}) /.exec(beginning)?.[1];
  return word !== undefined && METHODS.includes(word) ? word : null;
}

function sentenceOf(code: string | undefined): string {
  if (code === 'HPE_HEADER_OVERFLOW') return 'The headers are too large.';
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 'The request did not arrive in time.';
  return 'This is not a valid HTTP request.';
}
