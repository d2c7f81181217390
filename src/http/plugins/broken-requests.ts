import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Problem } from '../../domain/problem.ts';
import { problemAnswer } from '../problem-document.ts';
import { invalidParameter } from '../validation/invalid-request.ts';
import { bareSecurityHeaders } from './security-headers.ts';

/** Answers what is not HTTP, or came too slowly: there is no request yet, only the socket. */
export function answerBrokenRequest(
  error: { readonly code?: string },
  socket: Socket,
  requestId: string,
  base: string,
): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) return;
  const answer = problemAnswer(new Problem('invalid_request', sentenceOf(error.code)), requestId, base);
  const head = [
    'HTTP/1.1 400 Bad Request',
    ...Object.entries({ ...bareSecurityHeaders, ...answer.headers }).map(([name, value]) => `${name}: ${value}`),
    `content-length: ${Buffer.byteLength(answer.body)}`,
    `x-request-id: ${requestId}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${answer.body}`);
}

/** Answers a request that wants something of the server before it goes on that the server does not do. */
export function answerUnmetExpectation(response: ServerResponse, requestId: string, base: string): void {
  const answer = problemAnswer(invalidParameter('Expect', 'can only be `100-continue`'), requestId, base);
  response.writeHead(answer.status, {
    ...bareSecurityHeaders,
    ...answer.headers,
    'x-request-id': requestId,
    connection: 'close',
  });
  response.end(answer.body);
}

function sentenceOf(code: string | undefined): string {
  if (code === 'HPE_HEADER_OVERFLOW') return 'The headers are too large.';
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 'The request did not arrive in time.';
  return 'This is not a valid HTTP request.';
}
