import type { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { Problem } from '../../domain/problem.ts';
import type { HttpApp } from '../app-types.ts';
import type { HttpSettings } from '../settings.ts';

/** However slowly an answer is read, it is read by then, in milliseconds; a stream has its own end. */
const slowestReaderMs = 300_000;
/** What is smaller than this fits into the buffers of the system and needs no watch, in bytes. */
const unwatchedBytes = 65_536;
/** At the end: for so long a request may still arrive that has begun, and then its answer leave, in milliseconds. */
const arrivingMs = 1000;
const answeringMs = 5000;

/**
 * Bounds what a connection can hold up: one address takes at most half of all connections, an answer that nobody reads is given up, and at the end no
 * peer keeps the process alive. Once the app closes, requests that still come get a problem that says so; probes are answered to the end.
 */
export function installConnections(
  app: HttpApp,
  { maxConnections, stalledReaderMs }: Pick<HttpSettings, 'maxConnections' | 'stalledReaderMs'>,
): void {
  /** Every open connection, with the request that is under way on it. */
  const sockets = new Map<Socket, IncomingMessage | null>();
  const perAddress = new Map<string, number>();
  let closing = false;

  app.server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? '';
    const count = (perAddress.get(address) ?? 0) + 1;
    if (count > Math.ceil(maxConnections / 2)) return void socket.destroy();
    perAddress.set(address, count);
    sockets.set(socket, null);
    socket.once('close', () => {
      sockets.delete(socket);
      const left = (perAddress.get(address) ?? 1) - 1;
      if (left > 0) perAddress.set(address, left);
      else perAddress.delete(address);
    });
  });
  const began = (request: IncomingMessage, response: ServerResponse): void => {
    if (sockets.has(request.socket)) sockets.set(request.socket, request);
    response.once('close', () => {
      if (sockets.get(request.socket) === request) sockets.set(request.socket, null);
    });
  };
  app.server.on('request', began);

  app.addHook('onSend', (request, reply, payload, done) => {
    watchReader(request.raw.socket, reply.raw, payload, stalledReaderMs);
    // What began before is answered after the idle connections were closed: kept alive, its connection would hold up the end.
    if (closing) reply.header('connection', 'close');
    done(null, payload);
  });
  app.addHook('onRequest', (request, reply, done) => {
    if (!closing || request.routeOptions.config.access === 'open') return done();
    reply.header('connection', 'close');
    throw new Problem('draining', 'This process is shutting down.', { retryAfterSeconds: 1 });
  });
  app.addHook('preClose', async () => {
    closing = true;
    // Opened ahead of a request that has not begun: the server does not count it as idle, and would wait for it.
    for (const socket of sockets.keys()) if (socket.bytesRead === 0) socket.destroy();
    later(arrivingMs, () => {
      for (const [socket, request] of sockets) if (request === null || !request.complete) socket.destroy();
    });
    later(answeringMs, () => {
      for (const socket of sockets.keys()) socket.destroy();
    });
  });

  function later(ms: number, work: () => void): void {
    const timer = setTimeout(work, ms);
    timer.unref();
    app.server.once('close', () => clearTimeout(timer));
  }
}

/** The system takes part of an answer, the process keeps the rest: it must not keep it for a reader who has stopped. */
function watchReader(socket: unknown, response: ServerResponse, payload: unknown, stalledReaderMs: number): void {
  if (!(socket instanceof Socket)) return;
  const stream = typeof payload === 'object' && payload !== null && !Buffer.isBuffer(payload);
  const bytes = typeof payload === 'string' || Buffer.isBuffer(payload) ? payload.length : 0;
  if (!stream && bytes < unwatchedBytes) return;
  // Node starts this time anew with each part that the peer takes, and sets its own again after the answer.
  socket.setTimeout(stalledReaderMs);
  const stalled = (): void => void socket.destroy();
  socket.once('timeout', stalled);
  const slowest = stream ? null : setTimeout(() => socket.destroy(), slowestReaderMs).unref();
  response.once('close', () => {
    socket.off('timeout', stalled);
    if (slowest !== null) clearTimeout(slowest);
  });
}
