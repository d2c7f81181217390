import type { Socket } from 'node:net';
import { Problem } from '../../domain/problem.ts';
import type { HttpApp } from '../app-types.ts';

/** Once the app closes, connections that are still open get a problem that says so. Probes are answered to the end. */
export function installDraining(app: HttpApp): void {
  let closing = false;
  const sockets = new Set<Socket>();
  app.server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  app.addHook('preClose', async () => {
    closing = true;
    // Opened ahead of a request that has not begun: the server does not count it as idle, and would wait for it.
    for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
  });
  // What began before is answered after the idle connections were closed: kept alive, its connection would hold up the end.
  app.addHook('onSend', async (_request, reply) => {
    if (closing) reply.header('connection', 'close');
  });
  app.addHook('onRequest', async (request, reply) => {
    if (!closing || request.routeOptions.config.access === 'open') return;
    reply.header('connection', 'close');
    throw new Problem('draining', 'This process is shutting down.', { retryAfterSeconds: 1 });
  });
}
