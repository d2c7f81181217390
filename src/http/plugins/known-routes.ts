import { Problem } from '../../domain/problem.ts';
import type { HttpApp } from '../app-types.ts';

interface KnownRoute {
  readonly segments: readonly string[];
  readonly methods: Set<string>;
}

/**
 * Answers unknown routes before the body is read: 405 with `Allow` if the path has other methods, else 404. Install it before the first
 * route.
 */
export function installKnownRoutes(app: HttpApp): void {
  const routes = new Map<string, KnownRoute>();
  app.addHook('onRoute', ({ url, method }) => {
    const known = routes.get(url) ?? { segments: url.split('/'), methods: new Set<string>() };
    for (const each of [method].flat()) known.methods.add(each);
    routes.set(url, known);
  });
  app.addHook('onRequest', (request, reply, done) => {
    if (!request.is404) return done();
    const allowed = allowedMethods([...routes.values()], request.url);
    if (allowed.length === 0) throw new Problem('not_found', 'There is no such resource.');
    reply.header('allow', allowed.join(', '));
    throw new Problem('method_not_allowed', `This resource supports ${allowed.join(', ')}.`);
  });
}

function allowedMethods(routes: readonly KnownRoute[], url: string): readonly string[] {
  const [path = ''] = url.split('?');
  const segments = path.split('/');
  const fitting = routes.filter((route) => fits(route.segments, segments));
  // A literal path takes precedence over a parameter in the same position.
  const exact = fitting.filter((route) => route.segments.every((part) => !part.startsWith(':')));
  return [...new Set((exact.length > 0 ? exact : fitting).flatMap((route) => [...route.methods]))].sort();
}

function fits(pattern: readonly string[], segments: readonly string[]): boolean {
  const open = pattern.at(-1) === '*';
  if (open ? segments.length < pattern.length : segments.length !== pattern.length) return false;
  return pattern.every(
    (part, place) => part === '*' || (part.startsWith(':') ? segments[place] !== '' : part === segments[place]),
  );
}
