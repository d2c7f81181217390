import { hasGrant } from '../../domain/grants.ts';
import { Problem } from '../../domain/problem.ts';
import type { HttpTelemetry } from '../../domain/telemetry.ts';
import type { HttpApp, HttpContext } from '../app-types.ts';
import { hasScope } from '../auth/authenticator.ts';

/**
 * The Prometheus metrics, which cover all accounts. They are open with `publicMetrics`; else they require `admin`, or `migrations:read`
 * with a grant for all accounts.
 */
export function metricsRoute(app: HttpApp, { settings }: HttpContext, telemetry: HttpTelemetry): void {
  const access = settings.publicMetrics ? 'open' : 'migrations:read';
  app.get('/metrics', { schema: { hide: true }, config: { access, anyAccept: true } }, async ({ identity }, reply) => {
    if (access !== 'open' && identity !== null && !hasScope(identity, 'admin') && !hasGrant(identity, '*'))
      throw new Problem('forbidden', 'The metrics need a grant for all accounts (`*`), or the scope `admin`.');
    const { contentType, body } = await telemetry.exposition();
    return reply.type(contentType).send(body);
  });
}
