import { hasGrant, visibleAccounts } from '../../domain/grants.ts';
import { Problem } from '../../domain/problem.ts';
import type { Account } from '../../domain/vendor.ts';
import { accountOf, capabilitiesOf, type EngineContext, missingAccountDetail } from '../context.ts';
import type { Engine } from '../engine.ts';
import { createEventFeed } from '../event-feed.ts';
import type { Health, MigrationService } from '../interface.ts';
import { noCommand, readBackupCommand, readUploadTarget, uploadFault } from '../vendor-reads.ts';
import { accountFor, visible } from './access.ts';
import { notFound, refusal, unknownAccount } from './problems.ts';

/** Maximum number of unreadable records to name. */
const maxNamed = 5;

/** Creates the operations that change nothing. */
export function createReads(
  context: EngineContext,
  engine: Engine,
): Omit<
  MigrationService,
  | 'create'
  | 'dryRun'
  | 'inspectBackups'
  | 'feed'
  | 'foreignTasks'
  | 'scanFeed'
  | 'patch'
  | 'addBackup'
  | 'removeBackup'
  | 'cutOver'
  | 'cancel'
  | 'refresh'
  | 'retry'
  | 'markUploaded'
  | 'remove'
> {
  const { store, providers, accounts } = context;
  const feed = createEventFeed(context);

  /** Whether the vendor accepts the account's credentials, as far as is known. Public, so it contains no text of the vendor. */
  function accountCheck(account: Account) {
    const ok = (context.refusedCredentials?.(account) ?? null) === null;
    const refused =
      'the credentials are refused, expired or malformed; Godwit repeats a refused login after they change or a pause ends';
    return { name: `account ${account.name}`, ok, detail: ok ? 'no call was refused for its credentials' : refused };
  }

  /** Lists unreadable records. They do not affect readiness, because all other records are processed. */
  async function recordsCheck() {
    const found = await store.unreadable().catch(() => []);
    if (found.length === 0) return [];
    const named = found.slice(0, maxNamed).map(({ table, id }) => `${table} ${id}`);
    const more = found.length > named.length ? ` and ${found.length - named.length} more` : '';
    const detail = `skipped because they are unreadable: ${named.join(', ')}${more}; the log says why`;
    return [{ name: 'stored records', ok: false, detail }];
  }

  return {
    get: (id, caller) => visible(context, id, caller),

    async getUnless({ id, version, account }, caller) {
      if (hasGrant(caller, account) && (await store.version(id)) === version) return null;
      return visible(context, id, caller);
    },

    async list(filter, page, caller, kept) {
      if (filter.account !== undefined && !hasGrant(caller, filter.account))
        throw new Problem('forbidden', `The caller has no grant for the account \`${filter.account}\`.`);
      return store.list({ ...filter, ...visibleAccounts(caller) }, page, kept);
    },

    async uploadTarget(id, backupId, caller) {
      const migration = await visible(context, id, caller);
      const backup = migration.backups.find((each) => each.id === backupId);
      if (backup === undefined) throw notFound();
      const fault = uploadFault(migration, backup);
      if (fault !== null) throw refusal(migration, 'invalid_state', fault, providers.of(migration.provider));
      const account = accountOf(context, migration);
      if (account === undefined) throw unknownAccount(missingAccountDetail(context, migration));
      const target = await readUploadTarget(context, account, migration, backup);
      if (target === null)
        throw refusal(
          migration,
          'invalid_state',
          'The backup is not registered at the vendor yet. Wait a moment.',
          providers.of(migration.provider),
        );
      return target;
    },

    async backupCommand(id, account, input, caller) {
      if (providers.of(id).backupCommand === null) throw noCommand(context, providers.of(id));
      return readBackupCommand(
        context,
        providers.of(id),
        accountFor(context, { provider: id, account }, caller),
        input,
      );
    },

    async events(migrationId, page, caller) {
      if (migrationId !== null) await visible(context, migrationId, caller);
      if (page.after !== undefined && !(await store.hasPlace(page.after)))
        throw new Problem('events_gone', 'The event after which the page begins is not in this database.');
      return store.events({ ...(migrationId !== null && { migrationId }), ...visibleAccounts(caller) }, page);
    },

    async followEvents(migrationId, after, caller, signal) {
      if (migrationId !== null) await visible(context, migrationId, caller);
      const reset = after !== null && !(await store.hasPlace(after));
      const place = reset ? null : after;
      const start = place ?? (migrationId === null ? await store.latestEvent() : null);
      const request = { migrationId, ...visibleAccounts(caller), ...(start !== null && { after: start }) };
      return { events: feed.follow(request, signal), reset };
    },

    findReplay: (key) => store.findIdempotencyKey(key.caller, key.key),
    completeReplay: (key, answer) => store.completeIdempotencyKey(key.caller, key.key, answer),
    capabilities: () => capabilitiesOf(context),
    circuits: (provider, caller) =>
      context.client.circuits().filter((each) => each.provider === provider && hasGrant(caller, each.account)),
    slowedOperations: (provider, caller) =>
      context.client.slowedOperations().filter((each) => each.provider === provider && hasGrant(caller, each.account)),
    accounts: (caller) =>
      [...accounts.values()]
        .filter((each) => hasGrant(caller, each.name))
        .map(({ name, provider, region }) => ({ name, provider, region })),

    async health() {
      const storeOk = await store.check().then(
        () => true,
        () => false,
      );
      const draining = engine.draining;
      return {
        ready: storeOk && !draining,
        draining,
        checks: [
          { name: 'store', ok: storeOk, detail: storeOk ? 'answers' : 'does not answer' },
          ...notificationsCheck(store.receivesNotifications()),
          ...(storeOk ? await recordsCheck() : []),
          ...(context.missingKeysDetail
            ? [{ name: 'encryption keys', ok: false, detail: context.missingKeysDetail }]
            : []),
          ...(context.configurationCheck ? [{ name: 'configuration', ...context.configurationCheck() }] : []),
          // Accounts do not affect readiness, because the other accounts work.
          ...[...accounts.values()].map(accountCheck),
        ],
      };
    },
  };
}

/** Whether notifications arrive. They do not affect readiness, because changes are also polled. */
function notificationsCheck(receives: boolean | null): Health['checks'] {
  if (receives === null) return [];
  const detail = receives ? 'arrive' : 'do not arrive (LISTEN); changes of other replicas take seconds to appear';
  return [{ name: 'store notifications', ok: receives, detail }];
}
