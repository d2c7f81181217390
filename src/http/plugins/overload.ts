import { Problem } from '../../domain/problem.ts';
import type { HttpApp } from '../app-types.ts';
import type { EventLoopDelay } from '../event-loop-delay.ts';
import { isPage } from './authentication.ts';

/** Seconds after which to retry a rejected request; the lag is measured each second. */
const retryAfterSeconds = 2;

/**
 * Rejects requests before any work while the event loop lag is high. Waiting requests then finish sooner, and callers learn when to retry.
 * Probes and metrics are always answered. So are pages and their files, because a page that lacks a module does not work. `maxMs`: the
 * accepted average lag in milliseconds; null: nothing is rejected.
 */
export function installOverload(app: HttpApp, delay: EventLoopDelay, maxMs: number | null): void {
  app.addHook('onClose', () => delay.close());
  if (maxMs === null) return;
  app.addHook('onRequest', (request, _reply, done) => {
    const { config, url } = request.route;
    if (delay.presentMs() <= maxMs || config.access === 'open' || url === '/metrics' || isPage(request)) return done();
    throw new Problem('overloaded', 'This process has more work than it can handle.', { retryAfterSeconds });
  });
}
