import type { FastifyRequest } from 'fastify';
import { type BatchRequest, maxBatch } from '../../domain/batch-schema.ts';
import { Problem } from '../../domain/problem.ts';
import type { MigrationRequest } from '../../domain/request-schema.ts';
import type { HttpApp, HttpContext } from '../app-types.ts';
import { answers, headers, problems, ref, requestHeaders } from '../schemas/operation.ts';
import { ManyQuery } from '../schemas/query.ts';
import { type Answer, jsonAnswer, newMigrationAnswer, sendAnswer } from './answer.ts';
import { requestContext, requireGrant } from './callers.ts';
import { forEach, type ItemAnswer, itemAnswer, itemContext } from './many.ts';
import { vendorProblems } from './uploads.ts';

const batchSchema = {
  operationId: 'createMigrationBatch',
  summary: 'Start many migrations',
  description:
    `At most ${maxBatch} migrations with common labels: a list of creation bodies, or a folder whose databases become one migration each. ` +
    'Each is checked and stored separately, and its item in the answer has the status and body of a single request; Godwit calls the ' +
    'vendor in the background. With an `Idempotency-Key` a repeated request creates only what the first one did not create.',
  tags: ['Migrations'],
  headers: headers({ 'Idempotency-Key': requestHeaders.idempotencyKey }),
  querystring: ManyQuery,
  body: ref<BatchRequest>('BatchRequest'),
  response: {
    200: answers('BatchResult', 'The result for each item.'),
    ...problems('body', ['unknown_account', 'unsupported_by_provider', ...vendorProblems]),
  },
} as const;

/**
 * One creation of a batch. `name` identifies it in repetitions: its position in the list, or the database in a folder, where positions
 * change with the files.
 */
interface Wanted {
  readonly name: string;
  readonly body: MigrationRequest;
}

/** The creation of many migrations. */
export function batchRoutes(app: HttpApp, http: HttpContext): void {
  const { service } = http;

  app.post(
    '/migrations/batch',
    { schema: batchSchema, config: { access: 'migrations:write' } },
    async (request, reply) => {
      const wanted = await requestsOf(request, request.body);
      const dry = request.query.dryRun === true;
      const items = await forEach(wanted, async (each, index) => ({
        target: { overwrite: false, ...each.body.target },
        ...(dry ? await dryRun(request, each.body, wanted.slice(0, index)) : await create(request, each)),
      }));
      return sendAnswer(reply, jsonAnswer(200, { items }));
    },
  );

  /**
   * The creations of a batch, each with the common labels. Throws `invalid_request` unless exactly one of `migrations` and `folder` is
   * given.
   */
  async function requestsOf(
    request: FastifyRequest,
    { labels, migrations, folder }: BatchRequest,
  ): Promise<readonly Wanted[]> {
    if ((migrations === undefined) === (folder === undefined))
      throw new Problem('invalid_request', 'Give either `migrations` or `folder`.', {
        errors: [{ pointer: '/migrations', detail: 'Either `migrations` or `folder` says what to restore.' }],
      });
    const all =
      folder === undefined
        ? (migrations ?? []).map((body, index) => ({ name: String(index), body }))
        : await ofFolder(request, folder);
    return all.map(({ name, body }) => ({ name, body: { ...body, labels: { ...body.labels, ...labels } } }));
  }

  async function ofFolder(
    request: FastifyRequest,
    folder: NonNullable<BatchRequest['folder']>,
  ): Promise<readonly Wanted[]> {
    const { bucket, prefix, endpoint, watch, target, ...place } = folder;
    requireGrant(request, folder.account);
    const { provider, account, region } = place;
    const where = { provider, ...(account !== undefined && { account }), ...(region !== undefined && { region }) };
    const { chains } = await service.inspectBackups({ ...where, bucket, prefix }, requestContext(request));
    const databases = [...new Map(chains.map(({ database }) => [database.toLowerCase(), database])).values()].sort();
    const fault = (detail: string) =>
      new Problem('invalid_request', detail, { errors: [{ pointer: '/folder/prefix', detail }] });
    if (databases.length === 0) throw fault('The folder contains no backup that names its database.');
    if (databases.length > maxBatch)
      throw fault(`The folder contains backups of ${databases.length} databases; a batch has at most ${maxBatch}.`);
    const feed = { bucket, prefix, ...(endpoint !== undefined && { endpoint }), ...(watch !== undefined && { watch }) };
    return databases.map((name) => ({ name, body: { ...place, target: { ...target, databases: [{ name }] }, feed } }));
  }

  function create(request: FastifyRequest, { name, body }: Wanted): Promise<ItemAnswer> {
    const answer = (migration: Parameters<typeof newMigrationAnswer>[2]): Answer =>
      newMigrationAnswer(http, request.base, migration, false);
    const context = itemContext(http, request, name, ({ migration }) => answer(migration));
    return itemAnswer(http, request, context.idempotency, async () => {
      requireGrant(request, body.account);
      const result = await service.create(body, 0, context);
      return 'replay' in result ? result : answer(result.migration);
    });
  }

  /** `before`: the preceding items, which may occupy the target. */
  async function dryRun(
    request: FastifyRequest,
    body: MigrationRequest,
    before: readonly Wanted[],
  ): Promise<ItemAnswer> {
    const { problem, migration, status } = await itemAnswer(http, request, undefined, async () => {
      requireGrant(request, body.account);
      if (before.some((earlier) => sameTarget(earlier.body, body)))
        throw new Problem(
          'target_busy',
          'An earlier item of the batch restores the same database onto the same instance.',
        );
      const { adoption: _adoption, ...shown } = await service.dryRun(body, false, requestContext(request));
      return jsonAnswer(200, shown);
    });
    return problem === undefined ? { status, dryRun: migration } : { status, problem };
  }
}

/** Whether two creations restore the same database onto the same instance, as far as their bodies name it. */
function sameTarget(one: MigrationRequest, other: MigrationRequest): boolean {
  const targets = ({ provider, account = '', target }: MigrationRequest) =>
    (target.databases ?? []).map(({ name, restoreAs = name }) =>
      JSON.stringify([provider, account, target.instanceId, restoreAs.toLowerCase()]),
    );
  const taken = new Set(targets(one));
  return targets(other).some((each) => taken.has(each));
}
