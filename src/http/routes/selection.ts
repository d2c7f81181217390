import type { FastifyReply, FastifyRequest } from 'fastify';
import { type CancelSelection, type CutoverSelection, maxSelected } from '../../domain/batch-schema.ts';
import { permission } from '../../domain/lifecycle.ts';
import type { Migration } from '../../domain/migration.ts';
import { Problem } from '../../domain/problem.ts';
import { cutoverObjection } from '../../domain/requests.ts';
import type { MigrationFilter } from '../../domain/store.ts';
import { type ActionName, migrationStates, terminalStates } from '../../domain/vocabulary.ts';
import type { Change, ChangeRequestContext, Replay } from '../../engine/interface.ts';
import type { HttpApp, HttpContext } from '../app-types.ts';
import { answers, headers, problems, ref, requestHeaders } from '../schemas/operation.ts';
import { ManyQuery } from '../schemas/query.ts';
import { jsonAnswer, migrationAnswer, sendAnswer } from './answer.ts';
import { requestContext, requireGrant, visibleAccounts } from './callers.ts';
import { forEach, type ItemAnswer, itemAnswer, itemContext } from './many.ts';

const common = {
  tags: ['Actions'],
  headers: headers({ 'Idempotency-Key': requestHeaders.idempotencyKey }),
  querystring: ManyQuery,
  response: {
    200: answers('SelectionResult', 'The result for each item.'),
    ...problems('body'),
  },
} as const;

const each =
  `Selects migrations that have not ended by their labels, at most ${maxSelected}. Each is checked and changed separately; its item has ` +
  'the status of a single request. With `dryRun=true` nothing is changed.';

const cutoverSchema = {
  ...common,
  operationId: 'cutOverMigrations',
  summary: 'Open the databases of a selection',
  description: `Cuts over many chains at once. ${each}`,
  body: ref<CutoverSelection>('CutoverSelection'),
} as const;

const cancelSchema = {
  ...common,
  operationId: 'cancelMigrations',
  summary: 'Cancel a selection',
  description: `Ends many restores at once, if their providers allow it now. ${each}`,
  body: ref<CancelSelection>('CancelSelection'),
} as const;

const active = migrationStates.filter((state) => !terminalStates.includes(state));
const pageSize = 100;
const tooMany = `More than ${maxSelected} migrations that have not ended are selected: narrow the selection.`;

/** The action for each selected migration. */
interface WantedChange {
  readonly action: ActionName;
  /** Why the action is refused although the state allows it; null: it is not. */
  objection(migration: Migration): ReturnType<typeof cutoverObjection>;
  act(id: string, context: ChangeRequestContext): Promise<Change | Replay>;
}

/** Cutover and cancellation of all migrations with certain labels. */
export function selectionRoutes(app: HttpApp, http: HttpContext): void {
  const { service, providers } = http;
  const config = { access: 'migrations:cutover' } as const;

  app.post('/migrations/cutover', { schema: cutoverSchema, config }, (request, reply) => {
    const { selector, afterBackup } = request.body;
    const act = (id: string, context: ChangeRequestContext) =>
      service.cutOver(id, afterBackup === undefined ? {} : { afterBackup }, context);
    const objection = (migration: Migration) =>
      cutoverObjection(migration, providers.of(migration.provider), afterBackup);
    return answerSelection(request, reply, selector, { action: 'cut_over', objection, act });
  });
  app.post('/migrations/cancel', { schema: cancelSchema, config }, (request, reply) =>
    answerSelection(request, reply, request.body.selector, {
      action: 'cancel',
      objection: () => null,
      act: (id, context) => service.cancel(id, context),
    }),
  );

  async function answerSelection(
    request: FastifyRequest<{ Querystring: { readonly dryRun?: boolean } }>,
    reply: FastifyReply,
    selector: CancelSelection['selector'],
    wanted: WantedChange,
  ): Promise<FastifyReply> {
    requireGrant(request, selector.account);
    const selected = await select(request, selector);
    const dry = request.query.dryRun === true;
    const items = await forEach(selected, async (migration) => ({
      migrationId: migration.id,
      target: migration.target,
      ...(dry ? await preview(request, migration, wanted) : await change(request, migration, wanted)),
    }));
    return sendAnswer(reply, jsonAnswer(200, { items }));
  }

  /** The selected migrations, oldest first. Throws `invalid_request` for more than `maxSelected`. */
  async function select(
    request: FastifyRequest,
    { labels, provider, account, instanceId }: CancelSelection['selector'],
  ): Promise<readonly Migration[]> {
    const visible = visibleAccounts(request);
    const filter: MigrationFilter = {
      labels,
      states: active,
      ...(provider !== undefined && { provider }),
      ...(account !== undefined && { account }),
      ...(instanceId !== undefined && { instanceId }),
      ...(visible !== undefined && { visibleAccounts: visible }),
    };
    const found: Migration[] = [];
    for (;;) {
      const last = found.at(-1);
      const page = { size: pageSize, order: 'oldest_first' as const, ...(last && { after: last.id }) };
      const next = await service.list<never>(filter, page, requestContext(request), () => undefined);
      found.push(...next);
      if (found.length > maxSelected)
        throw new Problem('invalid_request', tooMany, { errors: [{ pointer: '/selector', detail: tooMany }] });
      if (next.length === 0) return found;
    }
  }

  function change(request: FastifyRequest, { id }: Migration, { act }: WantedChange): Promise<ItemAnswer> {
    const context = itemContext(http, request, id, ({ migration }) => migrationAnswer(http, migration, 202));
    return itemAnswer(http, request, context.idempotency, async () => {
      const result = await act(id, context);
      return 'replay' in result ? result : migrationAnswer(http, result.migration, result.changed ? 202 : 200);
    });
  }

  function preview(
    request: FastifyRequest,
    migration: Migration,
    { action, objection }: WantedChange,
  ): Promise<ItemAnswer> {
    return itemAnswer(http, request, undefined, async () => {
      const verdict = permission(action, migration, providers.of(migration.provider));
      const refused = verdict.allowed ? objection(migration) : verdict;
      if (refused !== null) throw new Problem(refused.code, refused.detail, { members: { state: migration.state } });
      return migrationAnswer(http, migration, 202);
    });
  }
}
