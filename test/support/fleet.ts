import type { MigrationRequest } from '../../src/domain/request-schema.ts';
import type { Store } from '../../src/domain/store.ts';
import type { EngineSettings } from '../../src/domain/timing.ts';
import type { Account, SignedRequest, VendorReply } from '../../src/domain/vendor.ts';
import type { EngineContext } from '../../src/engine/context.ts';
import { createEngine } from '../../src/engine/engine.ts';
import type { MigrationService } from '../../src/engine/interface.ts';
import { createMigrationService } from '../../src/engine/service.ts';
import { createAlibabaCloud } from '../../src/sandbox/alibaba/index.ts';
import type { SandboxCloud, SandboxRequest } from '../../src/sandbox/cloud.ts';
import { createHuaweiCloud } from '../../src/sandbox/huawei/index.ts';
import { createTencentCloud } from '../../src/sandbox/tencent/index.ts';
import { openStore } from '../../src/store/open.ts';
import { createVendorClient, type VendorTransport } from '../../src/transport/client.ts';
import { type ProviderId, providers } from './providers.ts';
import { emulatedAccounts, emulatedCredentials } from './simulation.ts';
import { VirtualTime } from './virtual-time.ts';

export interface FleetOptions {
  /** Calls a second per provider. */
  readonly limits: Readonly<Record<ProviderId, Account['limits']>>;
  readonly restoreMs?: number;
  readonly settings?: Partial<EngineSettings>;
}

/** One call that reached a cloud, or would have. */
export interface Exchanged {
  readonly provider: ProviderId;
  readonly operation: string;
  readonly at: number;
}

/** The real service, engine, store and transport over all three emulated clouds, in virtual time. */
export class Fleet {
  readonly time = new VirtualTime();
  readonly exchanged: Exchanged[] = [];
  readonly service: MigrationService;
  readonly store: Store;
  readonly client: VendorTransport;
  /** What a cloud does with a call instead of its work: null lets it do its work. */
  interfere: (provider: ProviderId, operation: string) => Promise<VendorReply> | null = () => null;
  readonly #engine: ReturnType<typeof createEngine>;

  private constructor(store: Store, { limits, restoreMs = 20_000, settings }: FleetOptions) {
    this.store = store;
    const environment = { now: this.time.now, uuid: this.time.uuid, restoreMs, listLagMs: () => 0 };
    const clouds: Record<ProviderId, SandboxCloud> = {
      alibaba: createAlibabaCloud(environment),
      huawei: createHuaweiCloud(environment),
      tencent: createTencentCloud(environment),
    };
    const accounts = Object.values(emulatedAccounts).map((each) => ({ ...each, limits: limits[each.provider] }));
    this.client = createVendorClient({
      providers,
      runtime: this.time,
      exchangeOf: () => ({ send: (request) => this.#exchange(clouds, request), close: async () => undefined }),
      credentialsOf: async ({ provider }) => emulatedCredentials[provider as ProviderId],
    });
    const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
    const context: EngineContext = {
      store,
      client: this.client,
      providers,
      accounts: new Map(accounts.map((account) => [account.name, account])),
      runtime: this.time,
      settings: {
        pollMinMs: 5000,
        pollMaxMs: 60_000,
        callTimeoutMs: 10_000,
        leaseMs: 30_000,
        settleMs: 30_000,
        resendTries: 5,
        busyMs: 3_600_000,
        stallMs: 21_600_000,
        ...settings,
      },
      owner: 'fleet',
      log: silent,
      openUrl: (url) => url.sealed,
    };
    this.#engine = createEngine(context);
    const cipher = {
      seal: (url: string) => ({ display: url, sealed: url }),
      open: ({ sealed }: { sealed: string }) => sealed,
    };
    this.service = createMigrationService(context, this.#engine, cipher);
  }

  static async start(options: FleetOptions): Promise<Fleet> {
    const fleet = new Fleet(await openStore('sqlite::memory:', { runtime: new VirtualTime() }), options);
    fleet.#engine.start();
    return fleet;
  }

  /** Creates a migration as a caller who does not wait. */
  async submit(request: MigrationRequest): Promise<string> {
    const result = await this.time.until(this.service.create(request, 0, caller), 60_000);
    if ('replay' in result) throw new Error('a replay');
    await this.time.pass(1);
    return result.migration.id;
  }

  async stop(): Promise<number> {
    const began = this.time.now();
    this.client.drain();
    await this.time.until(this.#engine.stop(25_000));
    await this.store.close();
    return this.time.now() - began;
  }

  calls(provider: ProviderId, operation: RegExp): readonly Exchanged[] {
    return this.exchanged.filter((each) => each.provider === provider && operation.test(each.operation));
  }

  async #exchange(clouds: Readonly<Record<ProviderId, SandboxCloud>>, signed: SignedRequest): Promise<VendorReply> {
    const url = new URL(signed.url);
    const provider = (['alibaba', 'huawei', 'tencent'] as const)[Number(url.port) - 1] ?? 'alibaba';
    const cloud = clouds[provider];
    const headers = Object.entries(signed.headers).map(([name, value]) => [name.toLowerCase(), value]);
    const request: SandboxRequest = {
      method: signed.method,
      path: url.pathname,
      query: url.search.slice(1),
      headers: { host: url.host, ...Object.fromEntries(headers) },
      body: signed.body ?? '',
    };
    const operation = cloud.operationOf(request);
    this.exchanged.push({ provider, operation, at: this.time.now() });
    const interference = this.interfere(provider, operation);
    if (interference !== null) return interference;
    await this.time.sleep(20);
    const response = cloud.handle(request);
    const replied = Object.entries(response.headers).map(([name, value]) => [name.toLowerCase(), value]);
    return {
      httpStatus: response.status,
      headers: { date: new Date(this.time.now()).toUTCString(), ...Object.fromEntries(replied) },
      body: response.body,
      receivedAt: this.time.now(),
    };
  }
}

export const caller = { caller: 'tests', accounts: ['*'], requestId: 'req' };
