import { Problem } from '../../../src/domain/problem.ts';
import { entityTag } from '../../../src/domain/representation.ts';
import { Secret } from '../../../src/domain/secret.ts';
import type { IdempotencyKey, IdempotencyRecord, StoredAnswer } from '../../../src/domain/store.ts';
import type { ChangeRequestContext, MigrationService, RequestContext } from '../../../src/engine/interface.ts';

import { aBackup, aMigration, anEvent, idOf, noon, providers } from './fixtures.ts';
import { type Recorded, recorded } from './recorded.ts';

export type FakeService = Recorded<MigrationService> & {
  readonly records: Map<string, IdempotencyRecord>;
};

/**
 * A service that holds one migration and remembers idempotency keys. Tests replace its methods to change its behaviour.
 */
export function fakeService(): FakeService {
  const records = new Map<string, IdempotencyRecord>();
  const present = aMigration();

  function find(id: string, context: RequestContext) {
    if (id !== present.id || !granted(context)) throw new Problem('not_found', 'No such migration exists.');
    return present;
  }
  function granted({ accounts }: RequestContext): boolean {
    return accounts.includes('*') || accounts.includes(present.account);
  }
  function changing(id: string, context: ChangeRequestContext) {
    const found = find(id, context);
    if (context.ifMatch !== undefined && context.ifMatch !== entityTag(found).slice(1, -1))
      throw new Problem('precondition_failed', 'It has changed.');
    remember(context.idempotency, id);
    return found;
  }
  function remember(key: IdempotencyKey | undefined, migrationId: string): void {
    if (key !== undefined)
      records.set(keyOf(key), {
        ...key,
        resource: { type: 'migration', id: migrationId },
        answer: null,
        createdAt: noon,
        heldBy: 'another_process',
      });
  }

  const plain: MigrationService = {
    async create(_request, _waitMs, context) {
      remember(context.idempotency, present.id);
      return { migration: present, accepted: true };
    },
    feed: async () => ({ items: [], scannedAt: null }),
    scanFeed: async () => ({ items: [], scannedAt: null }),
    inspectBackups: async () => ({ files: [], chains: [] }),
    dryRun: async () => ({
      valid: true,
      problems: [],
      notes: [],
      plan: [
        {
          operation: 'CreateMigrateTask',
          method: 'POST',
          url: 'https://rds.aliyuncs.com/',
          parameters: { DBName: 'orders' },
        },
      ],
    }),
    get: async (id, context) => find(id, context),
    getUnless: async ({ id }, context) => service.get(id, context),
    refresh: async (id, _waitMs, context) => find(id, context),
    circuits: () => [],
    foreignTasks: async () => ({ tasks: [], complete: true }),
    slowedOperations: () => [],
    list: async (_filter, page, context) => (granted(context) && page.after === undefined ? [present] : []),
    patch: async (id, _patch, context) => changing(id, context),
    async addBackup(id, request, context) {
      const backup = aBackup({
        id: idOf('bkp', 2),
        type: request.type,
        final: request.final ?? false,
        state: 'queued',
      });
      return { migration: changing(id, context), backup };
    },
    async removeBackup(id, _backupId, context) {
      changing(id, context);
    },
    cutOver: async (id, _request, context) => ({ migration: changing(id, context), changed: true }),
    cancel: async (id, context) => ({ migration: changing(id, context), changed: true }),
    retry: async (id, _request, context) => ({ migration: changing(id, context), changed: true }),
    markUploaded: async (id, _backupId, context) => ({ migration: changing(id, context), changed: true }),
    async uploadTarget(id, _backupId, context) {
      find(id, context);
      return {
        bucket: 'vendor-uploads-1250000000',
        region: 'ap-guangzhou',
        key: '1250000000/sqlserver/orders.bak',
        host: 'vendor-uploads-1250000000.cos.ap-guangzhou.myqcloud.com',
        credentials: {
          secretId: new Secret('AKIDtemporary'),
          secretKey: new Secret('temporary-key'),
          token: new Secret('temporary-token'),
        },
        startsAt: noon,
        expiresAt: noon + 500_000,
      };
    },
    backupCommand: async () => "BACKUP DATABASE [orders]\nTO DISK = N'D:\\orders.bak'",
    async remove(id, context) {
      changing(id, context);
    },
    async events(migrationId, _page, context) {
      if (migrationId !== null) find(migrationId, context);
      return granted(context) ? [anEvent(1), anEvent(2)] : [];
    },
    async followEvents(migrationId, after, context) {
      if (migrationId !== null) find(migrationId, context);
      const events = granted(context) ? [anEvent(1), anEvent(2)] : [];
      const batches = (async function* () {
        yield events.filter(({ id }) => after === null || id > after);
        yield [];
      })();
      return { events: batches, reset: false };
    },
    findReplay: async (key) => records.get(keyOf(key)) ?? null,
    async completeReplay(key, answer: StoredAnswer) {
      const record = records.get(keyOf(key));
      if (record !== undefined && record.answer === null) records.set(keyOf(key), { ...record, answer });
    },
    capabilities: () => providers.all.map(({ capabilities }) => capabilities),
    accounts: (context) => (granted(context) ? [{ name: 'ali-main', provider: 'alibaba', region: 'cn-hangzhou' }] : []),
    health: async () => ({ ready: true, draining: false, checks: [{ name: 'store', ok: true, detail: 'answers' }] }),
  };

  const service: FakeService = { ...recorded(plain), records };
  return service;
}

function keyOf(key: IdempotencyKey): string {
  return JSON.stringify([key.caller, key.key]);
}
