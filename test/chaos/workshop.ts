import type { MigrationRepresentation } from '../../src/domain/answer-schema.ts';
import { newMigration } from '../../src/domain/creation.ts';
import { representMigration } from '../../src/domain/representation.ts';
import type { MigrationRequest } from '../../src/domain/request-schema.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { Store } from '../../src/domain/store.ts';
import type { EngineSettings } from '../../src/domain/timing.ts';
import type { Credentials, VendorClient } from '../../src/domain/vendor.ts';
import { type EngineContext, leaseOf } from '../../src/engine/context.ts';
import { createEngine } from '../../src/engine/engine.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { sandboxAccounts } from '../../src/sandbox/accounts.ts';
import { sandboxCredentials } from '../../src/sandbox/cloud.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { openStore } from '../../src/store/open.ts';
import { createVendorClient } from '../../src/transport/client.ts';
import { createExchange } from '../../src/transport/exchange.ts';
import { checkedConfig } from '../support/configuration.ts';
import { hasEnded } from '../support/gateway.ts';
import { type ProviderId, providers } from '../support/providers.ts';
import { askClouds } from './cloud-word.ts';
import { type Intent, migrationBody } from './intent.ts';
import { patience } from './intervals.ts';
import type { Evidence, Told } from './judge.ts';

/** The parts that a test may break on purpose. */
export interface Workshop {
  readonly client?: (honest: VendorClient) => VendorClient;
  readonly store?: (honest: Store) => Store;
  readonly settings?: Partial<EngineSettings>;
  /** Runs before the first intent. */
  prepare?(sandbox: Sandbox): void;
}

const settings = { pollMinMs: 50, pollMaxMs: 100, callTimeoutMs: 1200, leaseMs: 3000, settleMs: 400 };
const { alibaba: atAlibaba, huawei: atHuawei, tencent: atTencent } = sandboxCredentials;
const credentials: Readonly<Record<ProviderId, Credentials>> = {
  alibaba: {
    provider: 'alibaba',
    accessKeyId: atAlibaba.accessKeyId,
    accessKeySecret: new Secret(atAlibaba.accessKeySecret),
  },
  huawei: {
    provider: 'huawei',
    method: 'password',
    accountName: atHuawei.accountName,
    userName: atHuawei.userName,
    password: new Secret(atHuawei.password),
  },
  tencent: { provider: 'tencent', secretId: atTencent.secretId, secretKey: new Secret(atTencent.secretKey) },
};
const maxMs = 30_000;

/**
 * Assembles a gateway in this process from its parts, some of them broken, plays intents against it and collects the
 * evidence.
 */
export async function evidenceOf(intents: readonly Intent[], workshop: Workshop): Promise<Evidence> {
  const sandbox = await startSandbox({ host: '127.0.0.1', runtime: systemRuntime, restoreMs: 60 });
  workshop.prepare?.(sandbox);
  const config = await checkedConfig({ accounts: sandboxAccounts(sandbox) }, {}, false);
  const honest = await openStore('sqlite::memory:', { runtime: systemRuntime });
  const store = workshop.store?.(honest) ?? honest;
  const exchange = createExchange({ callTimeoutMs: settings.callTimeoutMs });
  const client = createVendorClient({
    providers,
    exchangeOf: () => exchange,
    runtime: systemRuntime,
    credentialsOf: async (account) => credentials[account.provider as ProviderId],
  });
  const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const context: EngineContext = {
    store,
    client: workshop.client?.(client) ?? client,
    providers,
    accounts: new Map(config.accounts.map(({ account }) => [account.name, account])),
    runtime: systemRuntime,
    settings: { ...settings, ...patience, ...workshop.settings },
    owner: 'workshop',
    log: silent,
    openUrl: (url) => url.sealed,
  };
  const engine = createEngine(context);
  engine.start();
  try {
    const told = await Promise.all(intents.map((intent) => submit(intent, context, engine)));
    const migrations = await untilEnded(context.store);
    const journal = sandbox.journal();
    const urls = { alibaba: sandbox.alibaba.url, huawei: sandbox.huawei.url, tencent: sandbox.tencent.url };
    const clock = async () => ({ alibaba: 0, huawei: 0, tencent: 0 });
    return { told, migrations, journal, elsewhere: [], ...(await askClouds({ urls, clock }, journal)) };
  } finally {
    await engine.stop(1000);
    await exchange.close();
    await honest.close();
    await sandbox.close();
  }
}

/** Stores and acknowledges like an asynchronous request. */
async function submit(intent: Intent, context: EngineContext, engine: ReturnType<typeof createEngine>): Promise<Told> {
  const account = [...context.accounts.values()].find(({ provider }) => provider === intent.provider);
  if (account === undefined) throw new Error(`no account of ${intent.provider}`);
  const seal = (url: string) => ({ display: url, sealed: url });
  const migration = newMigration(migrationBody(intent) as MigrationRequest, account, 'tests', {
    runtime: systemRuntime,
    seal,
  });
  const result = await context.store.create(migration, leaseOf(context));
  const acknowledged = result.outcome === 'created';
  if (acknowledged) void engine.take({ migration, fence: result.fence });
  return {
    intent,
    acknowledged,
    migrationId: acknowledged ? migration.id : null,
    acknowledgedIncrements: [],
    attemptedIncrements: [],
    forgotten: false,
    askedAgain: false,
    acknowledgedAgain: false,
    refusal: null,
  };
}

async function untilEnded(store: Store): Promise<readonly MigrationRepresentation[]> {
  const end = systemRuntime.now() + maxMs;
  for (;;) {
    const stored = await store.list({}, { size: 200, order: 'oldest_first' });
    const all = stored.map((migration) => representMigration(migration, providers.of(migration.provider)));
    if (all.every(hasEnded) || systemRuntime.now() > end) return all;
    await systemRuntime.sleep(50);
  }
}
