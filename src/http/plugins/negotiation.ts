import { Problem } from '../../domain/problem.ts';
import type { HttpApp } from '../app-types.ts';
import { problemMediaType } from '../problem-document.ts';
import { acceptQuality } from '../request/accept.ts';

/** Answers 406 if `Accept` excludes JSON. A successful deletion has no body, so generated clients accept only its problem documents. */
export function installNegotiation(app: HttpApp): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const { config } = request.route;
    if (config.access === undefined || config.anyAccept === true) return done();
    if (acceptQuality(request.headers.accept, 'application/json') > 0) return done();
    if (request.method === 'DELETE' && acceptQuality(request.headers.accept, problemMediaType) > 0) return done();
    throw new Problem('not_acceptable', 'This resource is available as `application/json`.');
  });
}
