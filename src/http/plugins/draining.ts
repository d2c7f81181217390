import { Problem } from '../../domain/problem.ts';
import type { HttpApp } from '../app-types.ts';

/** Once the app closes, connections that are still open get a problem that says so. Probes are answered to the end. */
export function installDraining(app: HttpApp): void {
  let closing = false;
  app.addHook('preClose', async () => {
    closing = true;
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
