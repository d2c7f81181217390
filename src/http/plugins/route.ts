import type { HttpApp } from '../app-types.ts';

/** Reads the route of a request once, for all hooks. Install it first. */
export function installRoute(app: HttpApp): void {
  app.decorateRequest('route');
  app.addHook('onRequest', (request, _reply, done) => {
    request.route = request.routeOptions;
    done();
  });
}
