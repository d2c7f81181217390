import type { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { Problem } from '../../domain/problem.ts';
import type { HttpApp } from '../app-types.ts';
import { addressList } from '../request/public-base.ts';
import type { HttpSettings } from '../settings.ts';

/** Maximum time for a peer to read a response, in milliseconds; streams have their own end. */
const slowestReaderMs = 300_000;
/** Responses below this size, in bytes, are not watched: they fit into the system's buffers. */
const unwatchedBytes = 65_536;
/** At shutdown: time for a started request to arrive and for its response to be sent, in milliseconds. */
const arrivingMs = 1000;
const answeringMs = 5000;

/**
 * Limits connections. One address gets at most half of all connections; a trusted proxy gets all of them. A response that the peer stops
 * reading is abandoned. At shutdown no peer keeps the process alive: new requests get the problem `draining`, and probes are answered to the
 * end.
 */
export function installConnections(
  app: HttpApp,
  {
    maxConnections,
    stalledReaderMs,
    trustedProxies,
  }: Pick<HttpSettings, 'maxConnections' | 'stalledReaderMs' | 'trustedProxies'>,
): void {
  /** Every open connection with its current request; null: no request. */
  const sockets = new Map<Socket, IncomingMessage | null>();
  const perAddress = new Map<string, number>();
  const isProxy = addressList(trustedProxies);
  let closing = false;

  app.server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? '';
    const count = (perAddress.get(address) ?? 0) + 1;
    if (count > Math.ceil(maxConnections / 2) && !isProxy(address)) return void socket.destroy();
    perAddress.set(address, count);
    sockets.set(socket, null);
    socket.once('close', () => {
      sockets.delete(socket);
      const left = (perAddress.get(address) ?? 1) - 1;
      if (left > 0) perAddress.set(address, left);
      else perAddress.delete(address);
    });
  });
  app.server.on('request', (request: IncomingMessage) => {
    if (sockets.has(request.socket)) sockets.set(request.socket, request);
  });
  app.addHook('onResponse', ({ raw }, _reply, done) => {
    if (sockets.get(raw.socket) === raw) sockets.set(raw.socket, null);
    done();
  });

  app.addHook('onSend', (request, reply, payload, done) => {
    watchReader(request.raw.socket, reply.raw, payload, stalledReaderMs);
    // This request ends after the idle connections were closed; a kept-alive connection would delay the shutdown.
    if (closing) reply.header('connection', 'close');
    done(null, payload);
  });
  app.addHook('onRequest', (request, reply, done) => {
    if (!closing || request.route.config.access === 'open') return done();
    reply.header('connection', 'close');
    throw new Problem('draining', 'This process is shutting down.', { retryAfterSeconds: 1 });
  });
  app.addHook('preClose', async () => {
    closing = true;
    // A connection that was opened in advance and has sent nothing: the server does not count it as idle and would wait for it.
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

/** Closes the connection if its peer stops reading, because the process keeps the unread rest in memory. */
function watchReader(socket: unknown, response: ServerResponse, payload: unknown, stalledReaderMs: number): void {
  if (!(socket instanceof Socket)) return;
  const stream = typeof payload === 'object' && payload !== null && !Buffer.isBuffer(payload);
  const bytes = typeof payload === 'string' || Buffer.isBuffer(payload) ? payload.length : 0;
  if (!stream && bytes < unwatchedBytes) return;
  // Node restarts this timer with each part that the peer reads, and sets its own timeout after the response.
  socket.setTimeout(stalledReaderMs);
  const stalled = (): void => void socket.destroy();
  socket.once('timeout', stalled);
  const slowest = stream ? null : setTimeout(() => socket.destroy(), slowestReaderMs).unref();
  response.once('close', () => {
    socket.off('timeout', stalled);
    if (slowest !== null) clearTimeout(slowest);
  });
}
