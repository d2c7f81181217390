import { hasGrant } from '../../domain/grants.ts';
import { Problem } from '../../domain/problem.ts';
import type { HttpTelemetry } from '../../domain/telemetry.ts';
import type { HttpApp, HttpContext } from '../app-types.ts';
import { hasScope } from '../auth/authenticator.ts';

/**
 * What Prometheus reads. Open where the settings say so; else for `admin`, and for `migrations:read` with a grant for all accounts: the
 * metrics tell of all of them.
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
