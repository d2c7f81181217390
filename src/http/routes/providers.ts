import { Type } from '@sinclair/typebox';
import { Problem } from '../../domain/problem.ts';
import type { HttpApp, HttpContext } from '../app-types.ts';
import { answers, NoQuery, problems } from '../schemas/operation.ts';
import { BackupCommandQuery, ForeignTasksQuery, WholeListQuery } from '../schemas/query.ts';
import { jsonAnswer, sendAnswer } from './answer.ts';
import { requestContext, requireGrant } from './callers.ts';
import { sendList } from './paging.ts';
import { vendorProblems } from './uploads.ts';

const common = { tags: ['Providers'], querystring: NoQuery } as const;

const listSchema = {
  ...common,
  querystring: WholeListQuery,
  operationId: 'listProviders',
  summary: 'List the providers',
  description:
    'The capabilities of each cloud as data: modes, sources, limits. Other requests are rejected with `unsupported_by_provider`.',
  response: { 200: answers('ProviderPage', 'The providers.', ['Link']), ...problems('read', ['invalid_request']) },
} as const;

const getSchema = (ids: readonly string[]) =>
  ({
    ...common,
    operationId: 'getProvider',
    summary: 'Read a provider',
    description:
      'The capabilities and limits of one cloud, and whether the accounts granted to the caller are currently called (`circuits`) and ' +
      'slowed down (`slowedOperations`).',
    params: Type.Object({ id: Type.String({ description: 'Id of the provider.', examples: [...ids] }) }),
    response: { 200: answers('Provider', 'The provider.'), ...problems('read', ['not_found', 'invalid_request']) },
  }) as const;

const commandSchema = {
  operationId: 'getBackupCommand',
  summary: 'Get the backup command',
  description:
    'The vendor’s T-SQL for the source server, with the file names that a chain requires. Requested from the vendor each time; 422 ' +
    '`unsupported_by_provider` if the vendor has none.',
  tags: ['Providers'],
  params: Type.Object({ id: Type.String({ description: 'Id of the provider.' }) }),
  querystring: BackupCommandQuery,
  response: {
    200: answers('BackupCommand', 'The command.'),
    ...problems('read', ['not_found', 'invalid_request', 'unsupported_by_provider', ...vendorProblems]),
  },
} as const;

const accountsSchema = {
  ...common,
  querystring: WholeListQuery,
  operationId: 'listAccounts',
  summary: 'List the accounts',
  description: 'The configured cloud accounts granted to the caller, by name. Credentials are never shown.',
  response: { 200: answers('AccountPage', 'The accounts.', ['Link']), ...problems('read', ['invalid_request']) },
} as const;

const tasksSchema = {
  operationId: 'listForeignTasks',
  summary: 'List tasks started outside Godwit',
  description:
    'The vendor’s tasks on one instance that no migration of this gateway owns or owned, newest first; read from the vendor now, within ' +
    'the account’s limits. `createMigration` with `adopt` takes one over. `complete: false`: the vendor has more tasks than Godwit ' +
    'reads.',
  tags: ['Providers'],
  params: Type.Object({
    name: Type.String({
      minLength: 1,
      maxLength: 64,
      description: 'Name of the account.',
      examples: ['sandbox-alibaba'],
    }),
  }),
  querystring: ForeignTasksQuery,
  response: {
    200: answers('ForeignTaskPage', 'The tasks.', ['Link']),
    ...problems('read', ['not_found', 'invalid_request', 'unsupported_by_provider', ...vendorProblems]),
  },
} as const;

function timeOrNull(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

/** Providers, accounts, and the tasks of an account that no migration owns. */
export function providerRoutes(app: HttpApp, http: HttpContext): void {
  const { service, providers } = http;
  const config = { access: 'migrations:read' } as const;
  const known = (id: string): void => {
    if (!providers.ids.includes(id)) throw new Problem('not_found', `The providers are ${providers.ids.join(', ')}.`);
  };

  app.get('/providers', { schema: listSchema, config }, async (request, reply) =>
    sendList(request, reply, { list: 'providers', items: service.capabilities(), idOf: ({ id }) => id }),
  );

  app.get('/providers/:id', { schema: getSchema(providers.ids), config }, async (request, reply) => {
    known(request.params.id);
    const provider = service.capabilities().find((each) => each.id === request.params.id);
    const context = requestContext(request);
    const circuits = service.circuits(request.params.id, context).map(({ account, region, state, retryAt }) => ({
      account,
      region,
      state,
      retryAt: timeOrNull(retryAt),
    }));
    const slowedOperations = service
      .slowedOperations(request.params.id, context)
      .map(({ account, region, operation, speed, pausedUntil }) => ({
        account,
        region,
        operation,
        speed: Math.round(speed * 1000) / 1000,
        pausedUntil: timeOrNull(pausedUntil),
      }));
    return sendAnswer(reply, jsonAnswer(200, { ...provider, circuits, slowedOperations }));
  });

  app.get('/providers/:id/backup-command', { schema: commandSchema, config }, async (request, reply) => {
    const { id } = request.params;
    known(id);
    const { account, database, type, path, mode = 'full', final = false } = request.query;
    requireGrant(request, account);
    const input = { database, type, mode, final, ...(path !== undefined && { path }) };
    const command = await service.backupCommand(id, account, input, requestContext(request));
    return sendAnswer(reply, jsonAnswer(200, { command }));
  });

  app.get('/accounts/:name/tasks', { schema: tasksSchema, config }, async (request, reply) => {
    const { name } = request.params;
    requireGrant(request, name);
    const { instanceId, region } = request.query;
    const { tasks, complete } = await service.foreignTasks(name, { instanceId, region }, requestContext(request));
    const time = (at: number | null) => (at === null ? null : new Date(at).toISOString());
    return sendList(request, reply, {
      list: `tasks of ${name} ${region ?? ''} ${instanceId}`,
      items: tasks.map(({ files, ...task }) => ({
        ...task,
        owned: false,
        instanceId,
        files: files === null ? null : [...files],
        createdAt: time(task.createdAt),
        startedAt: time(task.startedAt),
        finishedAt: time(task.finishedAt),
      })),
      idOf: ({ providerRefs }) => Object.values(providerRefs).join(' '),
      members: { complete },
    });
  });

  app.get('/accounts', { schema: accountsSchema, config }, async (request, reply) =>
    sendList(request, reply, {
      list: 'accounts',
      items: service.accounts(requestContext(request)),
      idOf: ({ name }) => name,
    }),
  );
}
