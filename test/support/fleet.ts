import type { ReplicaList, ReplicaTimes } from '../../src/domain/replicas.ts';
import type { MigrationRequest } from '../../src/domain/request-schema.ts';
import { type SlowDown, shifted, together } from '../../src/domain/slow-downs.ts';
import type { Store } from '../../src/domain/store.ts';
import type { EngineSettings } from '../../src/domain/timing.ts';
import type { Account, Credentials, SignedRequest, VendorReply } from '../../src/domain/vendor.ts';
import { replaceAccounts } from '../../src/engine/accounts.ts';
import type { EngineContext } from '../../src/engine/context.ts';
import { createEngine } from '../../src/engine/engine.ts';
import type { MigrationService } from '../../src/engine/interface.ts';
import { createReplicas, type Replicas } from '../../src/engine/replicas.ts';
import { createMigrationService } from '../../src/engine/service.ts';
import { createAlibabaCloud } from '../../src/sandbox/alibaba/index.ts';
import type { SandboxCloud, SandboxRequest } from '../../src/sandbox/cloud.ts';
import { createHuaweiCloud } from '../../src/sandbox/huawei/index.ts';
import { createTencentCloud } from '../../src/sandbox/tencent/index.ts';
import { openStore } from '../../src/store/open.ts';
import { createVendorClient, type VendorTransport } from '../../src/transport/client.ts';
import { emulatedAccounts, emulatedCredentials } from './emulated-accounts.ts';
import { type ProviderId, providers } from './providers.ts';
import { type StrictCloud, type StrictLimit, withStrictLimits } from './strict-limits.ts';
import { VirtualTime } from './virtual-time.ts';

export interface FleetOptions {
  /** Calls a second per provider. */
  readonly limits: Readonly<Record<ProviderId, Account['limits']>>;
  readonly restoreMs?: number;
  readonly settings?: Partial<EngineSettings>;
  /** Limits of the clouds by operation. Default: none. */
  readonly strict?: (operation: string) => StrictLimit | null;
  /** One store for each process. Default: one process over a store in memory. */
  readonly stores?: readonly Store[];
  /** Intervals by which processes divide the limits. Default: as in production. */
  readonly replicaTimes?: ReplicaTimes;
}

/** The parts of one gateway process. */
interface FleetProcess {
  readonly store: Store;
  /** Only `configure` changes it. */
  readonly accounts: Map<string, Account>;
  readonly client: VendorTransport;
  readonly service: MigrationService;
  readonly engine: ReturnType<typeof createEngine>;
  readonly replicas: Replicas;
}

/** The default intervals of a fleet. */
export const fleetSettings: EngineSettings = {
  pollMinMs: 5000,
  pollMaxMs: 60_000,
  callTimeoutMs: 10_000,
  leaseMs: 30_000,
  settleMs: 30_000,
  resendTries: 5,
  busyMs: 3_600_000,
  stallMs: 21_600_000,
};

/** One call to a cloud, whether or not it arrived. */
export interface Exchanged {
  readonly provider: ProviderId;
  readonly operation: string;
  readonly at: number;
  /** The process that sent it. */
  readonly owner: string;
}

/**
 * The real service, engine, store and transport over all three emulated clouds, in virtual time; one process, or
 * several on one database.
 */
export class Fleet {
  readonly time = new VirtualTime();
  readonly exchanged: Exchanged[] = [];
  readonly processes: readonly FleetProcess[];
  readonly clouds: Readonly<Record<ProviderId, StrictCloud>>;
  /** The credentials of all processes from now on. */
  credentials: Readonly<Record<ProviderId, Credentials>> = emulatedCredentials;
  /** Replaces the answer of a cloud to a call; null lets the cloud answer. */
  interfere: (provider: ProviderId, operation: string) => Promise<VendorReply> | null = () => null;
  /** Store calls under way. */
  #stored = 0;
  /** The last configuration of each removed account. */
  readonly #withdrawn = new Map<string, Account>();
  /** The slow-downs that processes share, by virtual time. */
  #slowDowns: readonly SlowDown[] = [];

  private constructor(stores: readonly Store[], options: FleetOptions) {
    this.time.busy = () => this.#stored > 0;
    const { restoreMs = 20_000, strict = () => null } = options;
    const environment = { now: this.time.now, uuid: this.time.uuid, restoreMs, listLagMs: () => 0 };
    const limited = (cloud: SandboxCloud): StrictCloud => withStrictLimits(cloud, strict, this.time.now);
    this.clouds = {
      alibaba: limited(createAlibabaCloud(environment)),
      huawei: limited(createHuaweiCloud(environment)),
      tencent: limited(createTencentCloud(environment)),
    };
    this.processes = stores.map((store, index) => this.#process(this.#counted(store), `process-${index}`, options));
  }

  static async start(options: FleetOptions): Promise<Fleet> {
    const stores = options.stores ?? [await openStore('sqlite::memory:', { runtime: new VirtualTime() })];
    const fleet = new Fleet(stores, options);
    for (const { engine, replicas } of fleet.processes) {
      await replicas.start();
      engine.start();
    }
    return fleet;
  }

  get store(): Store {
    return this.first.store;
  }

  get client(): VendorTransport {
    return this.first.client;
  }

  get service(): MigrationService {
    return this.first.service;
  }

  get first(): FleetProcess {
    const [first] = this.processes;
    if (first === undefined) throw new Error('a fleet without processes');
    return first;
  }

  #process(
    store: Store,
    owner: string,
    { limits, settings, replicaTimes }: Pick<FleetOptions, 'limits' | 'settings' | 'replicaTimes'>,
  ): FleetProcess {
    const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
    const accounts = new Map<string, Account>(
      Object.values(emulatedAccounts).map((each) => [each.name, { ...each, limits: limits[each.provider] }]),
    );
    const times = replicaTimes === undefined ? {} : { times: replicaTimes };
    const replicas = createReplicas({
      store,
      runtime: this.time,
      id: owner,
      log: silent,
      slowDowns: () => client.slowDowns,
      ...times,
    });
    const client: VendorTransport = createVendorClient({
      providers,
      runtime: this.time,
      exchangeOf: () => ({ send: (request) => this.#exchange(request, owner), close: async () => undefined }),
      credentialsOf: async ({ provider }) => this.credentials[provider as ProviderId],
      share: replicas.share,
      slowedDown: replicas.publishSoon,
    });
    const context: EngineContext = {
      store,
      client,
      providers,
      accounts,
      runtime: this.time,
      settings: { ...fleetSettings, ...settings },
      owner,
      log: silent,
      openUrl: (url) => url.sealed,
    };
    const engine = createEngine(context);
    const cipher = {
      seal: (url: string) => ({ display: url, sealed: url }),
      open: ({ sealed }: { sealed: string }) => sealed,
    };
    return { store, accounts, client, engine, replicas, service: createMigrationService(context, engine, cipher) };
  }

  /** Applies a changed configuration of one account in all processes; null removes the account. */
  configure(name: string, change: ((account: Account) => Account) | null): void {
    for (const { accounts, client } of this.processes) {
      const present = accounts.get(name) ?? this.#withdrawn.get(name);
      if (present === undefined) throw new Error(`no account ${name}`);
      this.#withdrawn.set(name, present);
      const next = change === null ? [] : [{ ...change(present) }];
      replaceAccounts(accounts, next, [name], client.forget);
    }
  }

  /** The store. Time stands still while it works. */
  #counted(store: Store): Store {
    return new Proxy(store, {
      get: (target, name: keyof Store) => {
        const member = target[name];
        if (typeof member !== 'function') return member;
        return (...parameters: unknown[]) => {
          const call = name === 'beat' ? this.#beat(target) : (member as (...each: unknown[]) => unknown).bind(target);
          const result = call(...parameters);
          if (!(result instanceof Promise)) return result;
          this.#stored++;
          return result.finally(() => this.#stored--);
        };
      },
    });
  }

  /** A heartbeat with slow-downs in virtual time, in which the database's clock hardly advances. */
  #beat(store: Store): (...parameters: unknown[]) => Promise<ReplicaList> {
    const beat: Store['beat'] = async (id, now, times, slowDowns) => {
      const list = await store.beat(id, now, times, []);
      const here = this.time.monotonic();
      this.#slowDowns = together([...this.#slowDowns, ...slowDowns.map((each) => shifted(each, here))], here);
      return { ...list, slowDowns: this.#slowDowns.map((each) => shifted(each, list.now - here)) };
    };
    return beat as (...parameters: unknown[]) => Promise<ReplicaList>;
  }

  /** Creates a migration like an asynchronous caller. */
  async submit(request: MigrationRequest): Promise<string> {
    const result = await this.time.until(this.service.create(request, 0, caller), 60_000);
    if ('replay' in result) throw new Error('a replay');
    await this.time.pass(1);
    return result.migration.id;
  }

  async stop(): Promise<number> {
    const began = this.time.now();
    for (const { client } of this.processes) client.drain();
    await this.time.until(Promise.all(this.processes.map(({ engine }) => engine.stop(25_000))));
    for (const { replicas } of this.processes) await this.time.until(replicas.stop());
    for (const { store } of this.processes) await store.close();
    return this.time.now() - began;
  }

  calls(provider: ProviderId, operation: RegExp): readonly Exchanged[] {
    return this.exchanged.filter((each) => each.provider === provider && operation.test(each.operation));
  }

  async #exchange(signed: SignedRequest, owner: string): Promise<VendorReply> {
    const url = new URL(signed.url);
    const provider = (['alibaba', 'huawei', 'tencent'] as const)[Number(url.port) - 1] ?? 'alibaba';
    const cloud = this.clouds[provider];
    const headers = Object.entries(signed.headers).map(([name, value]) => [name.toLowerCase(), value]);
    const request: SandboxRequest = {
      method: signed.method,
      path: url.pathname,
      query: url.search.slice(1),
      headers: { host: url.host, ...Object.fromEntries(headers) },
      body: signed.body ?? '',
    };
    const operation = cloud.operationOf(request);
    this.exchanged.push({ provider, operation, at: this.time.now(), owner });
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
