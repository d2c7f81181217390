import type { FeedItem } from '../../domain/feed.ts';
import type { FeedPage } from '../../engine/interface.ts';
import type { HttpApp, HttpContext } from '../app-types.ts';
import { answers, EmptyBody, MigrationParams, NoQuery, problems } from '../schemas/operation.ts';
import { WholeListQuery } from '../schemas/query.ts';
import { requestContext } from './callers.ts';
import { sendList } from './paging.ts';

const getSchema = {
  operationId: 'getFeed',
  summary: 'List the files of the watched folder',
  description:
    'The files in the folder that a migration takes its backups from, with the result for each: `taken` as a backup, `waiting`, ' +
    '`needless` for the chain, or `refused`, with the reason. In key order.',
  tags: ['Backups'],
  params: MigrationParams,
  querystring: WholeListQuery,
  response: {
    200: answers('FeedPage', 'The files.', ['Link']),
    ...problems('read', ['not_found', 'invalid_request', 'unknown_account']),
  },
} as const;

const scanSchema = {
  operationId: 'scanFeed',
  summary: 'Scan the watched folder now',
  description:
    'Lists the folder at once instead of at the next interval, and returns its files. A new file is still taken only if a later listing ' +
    'shows it unchanged.',
  tags: ['Backups'],
  params: MigrationParams,
  querystring: NoQuery,
  body: EmptyBody,
  response: {
    200: answers('FeedPage', 'The files.', ['Link']),
    ...problems('body', ['not_found', 'unknown_account']),
  },
} as const;

/** The watched folder of a migration. */
export function feedRoutes(app: HttpApp, http: HttpContext): void {
  const { service } = http;

  app.get(
    '/migrations/:id/feed',
    { schema: getSchema, config: { access: 'migrations:read' } },
    async (request, reply) => {
      const { id } = request.params;
      return sendList(request, reply, listOf(id, await service.feed(id, requestContext(request))));
    },
  );

  app.post(
    '/migrations/:id/feed/scan',
    { schema: scanSchema, config: { access: 'migrations:write', bodyOptional: true } },
    async (request, reply) => {
      const { id } = request.params;
      return sendList(request, reply, listOf(id, await service.scanFeed(id, requestContext(request))));
    },
  );
}

function listOf(id: string, { items, scannedAt }: FeedPage) {
  const time = (at: number | null) => (at === null ? null : new Date(at).toISOString());
  return {
    list: `feed of ${id}`,
    items,
    idOf: ({ key }: FeedItem) => key,
    show: (item: FeedItem) => ({ ...item, lastModified: time(item.lastModified) }),
    members: { scannedAt: time(scannedAt) },
  };
}
