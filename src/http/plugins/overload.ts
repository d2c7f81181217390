import { Problem } from '../../domain/problem.ts';
import type { HttpApp } from '../app-types.ts';
import type { EventLoopDelay } from '../event-loop-delay.ts';

/** Seconds after which a refused request is worth another try: the delay is measured anew each second. */
const retryAfterSeconds = 2;

/**
 * Refuses requests while the process is so late that each would wait for seconds, before anything is done for them: whoever waits already is served sooner,
 * and callers learn when to come back. Probes and metrics are answered all the same. `maxMs` null: nothing is refused.
 */
export function installOverload(app: HttpApp, delay: EventLoopDelay, maxMs: number | null): void {
  app.addHook('onClose', () => delay.close());
  if (maxMs === null) return;
  app.addHook('onRequest', (request, _reply, done) => {
    const { config, url } = request.routeOptions;
    if (delay.presentMs() <= maxMs || config.access === 'open' || url === '/metrics') return done();
    throw new Problem('overloaded', 'This process has more work than it can keep up with.', { retryAfterSeconds });
  });
}
