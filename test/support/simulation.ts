import { newMigration } from '../../src/domain/creation.ts';
import type { Migration, SealedUrl } from '../../src/domain/migration.ts';
import type { MigrationRequest } from '../../src/domain/request-schema.ts';
import type { Runtime } from '../../src/domain/runtime.ts';
import type { Store, UpdateOptions } from '../../src/domain/store.ts';
import type { EngineSettings } from '../../src/domain/timing.ts';
import type { Account, SignedRequest, VendorClient, VendorReply } from '../../src/domain/vendor.ts';
import { cloudOf } from '../../src/engine/cloud-account.ts';
import { type EngineContext, leaseOf } from '../../src/engine/context.ts';
import { workOn } from '../../src/engine/work.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { createAlibabaCloud } from '../../src/sandbox/alibaba/index.ts';
import type { JournalEntry, SandboxCloud, SandboxRequest, SandboxResponse } from '../../src/sandbox/cloud.ts';
import { createHuaweiCloud } from '../../src/sandbox/huawei/index.ts';
import { createTencentCloud } from '../../src/sandbox/tencent/index.ts';
import { openStore } from '../../src/store/open.ts';
import { createVendorClient } from '../../src/transport/client.ts';
import { emulatedAccounts, emulatedCredentials } from './emulated-accounts.ts';
import { type ProviderId, providers } from './providers.ts';

/**
 * The fate of one exchange with a cloud. `…_before`: nothing arrives. `…_after`: the cloud executes the call and its
 * answer is lost. `crash_…`: the process dies at that point. `pause_after`: the process is suspended before it reads
 * the answer, for most of a lease.
 */
export const exchangeFaults = [
  'none',
  'refused_connection',
  'drop_before',
  'drop_after',
  'unavailable_before',
  'unavailable_after',
  'garbage_after',
  'throttled',
  'crash_before',
  'crash_after',
  'pause_after',
] as const;
export type ExchangeFault = (typeof exchangeFaults)[number];

export interface SimulationOptions {
  readonly provider: ProviderId;
  /** Consumed one per exchange; `none` when used up. */
  readonly exchangeFaults?: readonly ExchangeFault[];
  /** Numbers of the store writes, counted from 1, after which the process dies. */
  readonly crashAfterWrites?: readonly number[];
  readonly settings?: Partial<EngineSettings>;
  /** The cloud's clock minus Godwit's, in milliseconds. */
  readonly cloudOffsetMs?: number;
  /** Time after which the cloud's lists show a new task, in milliseconds. */
  readonly listLagMs?: number;
}

/** Longer than the settling time and shorter than a lease, so that no other process takes over. */
const pauseMs = 8000;

/**
 * The real engine, store, transport and providers against an emulated cloud, in one process and in virtual time. Faults
 * follow a schedule, so a run is a pure function of its options.
 */
export class Simulation {
  now = Date.UTC(2026, 10, 21, 12);
  readonly store: Store;
  readonly context: EngineContext;
  readonly cloud: SandboxCloud;
  readonly account: Account;
  crashes = 0;
  exchanges: string[] = [];
  #faults: ExchangeFault[];
  #crashAfterWrites: Set<number>;
  #writes = 0;
  #die: () => void = () => undefined;
  #random = 1;
  readonly #cloudOffsetMs: number;

  private constructor(store: Store, options: SimulationOptions) {
    this.#faults = [...(options.exchangeFaults ?? [])];
    this.#crashAfterWrites = new Set(options.crashAfterWrites);
    this.account = emulatedAccounts[options.provider];
    this.#cloudOffsetMs = options.cloudOffsetMs ?? 0;
    const runtime: Runtime = {
      now: () => this.now,
      monotonic: () => this.now,
      randomBytes: (count) => Uint8Array.from({ length: count }, () => this.#next() % 256),
      uuid: () =>
        `00000000-0000-4000-8000-${(this.#next() * 65_536 + this.#next()).toString(16).padStart(12, '0').slice(-12)}`,
      sleep: async (ms) => {
        this.now += Math.ceil(ms);
      },
    };
    const environment = {
      now: () => this.now + this.#cloudOffsetMs,
      uuid: runtime.uuid,
      restoreMs: 20_000,
      listLagMs: () => options.listLagMs ?? 0,
    };
    this.cloud = { alibaba: createAlibabaCloud, huawei: createHuaweiCloud, tencent: createTencentCloud }[
      options.provider
    ](environment);
    this.store = this.#mortal(store);
    const settings = {
      pollMinMs: 1000,
      pollMaxMs: 10_000,
      callTimeoutMs: 2000,
      leaseMs: 10_000,
      settleMs: 5000,
      resendTries: 5,
      busyMs: 3_600_000,
      stallMs: 21_600_000,
      ...options.settings,
    };
    const silent = {
      info: () => undefined,
      warn: () => undefined,
      error: (fields: object) => this.errors.push(JSON.stringify(fields)),
    };
    this.context = {
      store: this.store,
      client: this.#newClient(runtime),
      providers,
      accounts: new Map([[this.account.name, this.account]]),
      runtime,
      settings,
      owner: 'process-1',
      log: silent,
      openUrl: (url) => url.sealed,
    };
  }
  errors: string[] = [];
  /** Action of a caller during the exchange with that number, counted from 1. */
  meanwhile: ((exchange: number) => Promise<void>) | null = null;

  static async start(options: SimulationOptions): Promise<Simulation> {
    return new Simulation(await openStore('sqlite::memory:', { runtime: systemRuntime }), options);
  }

  /** Faults of the next changing calls, before the general schedule; and one fault for all reads while it is set. */
  changeFaults: ExchangeFault[] = [];
  readFault: ExchangeFault = 'none';
  /** The cloud answers every call of this operation with that vendor error and does nothing else. */
  refused: { readonly operation: string; readonly code: string } | null = null;

  /** Stores a new migration like a request, and lets its lease expire. */
  async submit(request: MigrationRequest): Promise<string> {
    const seal = (url: string): SealedUrl => ({ display: url.split('?')[0] ?? url, sealed: url });
    const account = { ...this.account, cloud: cloudOf(this.context, this.account, this.account.region) };
    const migration = newMigration(request, account, 'tests', { runtime: this.context.runtime, seal });
    const result = await this.store.create(migration, leaseOf(this.context));
    if (result.outcome !== 'created') throw new Error(`not created: ${result.outcome}`);
    await this.#live(() => workOn(this.context, [{ migration, fence: result.fence }], () => false));
    return migration.id;
  }

  /** Applies a caller's change. */
  async change(id: string, change: (current: Migration) => Migration): Promise<Migration> {
    const result = await this.store.update(id, change);
    if (result.outcome !== 'updated') throw new Error(`not changed: ${result.outcome}`);
    return result.migration;
  }

  /** One round of the worker over all due migrations. Without any, advances the clock to the next due time. */
  async round(): Promise<void> {
    const claims = await this.store.claim(leaseOf(this.context), 100);
    if (claims.length > 0) {
      await this.#live(() => workOn(this.context, claims, () => false));
      return;
    }
    const due = await this.store.nextDue(this.now);
    this.now = Math.max(this.now + 100, due ?? this.now + this.context.settings.leaseMs);
  }

  /** Runs rounds until the condition holds. Throws after too many of them. */
  async until(id: string, condition: (migration: Migration) => boolean, rounds = 400): Promise<Migration> {
    for (let round = 0; round < rounds; round++) {
      const migration = await this.get(id);
      if (condition(migration)) return migration;
      await this.round();
    }
    const { state, stateReason, blocking, calls, dueAt } = await this.get(id);
    throw new Error(
      `stuck: ${JSON.stringify({ state, stateReason, blocking, dueAt, now: this.now, calls: calls.slice(-5), errors: this.errors.slice(-3) }, null, 1)}`,
    );
  }

  async get(id: string): Promise<Migration> {
    const migration = await this.store.get(id);
    if (migration === null) throw new Error(`${id} is gone`);
    return migration;
  }

  /** Restores that began at the cloud. */
  restores(): readonly JournalEntry[] {
    return this.cloud.journal().filter((entry) => entry.effect === 'restore');
  }

  /**
   * Runs work until it ends or the process dies. A dead process leaves its promises pending, and the next one has
   * another name.
   */
  async #live(work: () => Promise<void>): Promise<void> {
    const death = new Promise<'died'>((resolve) => {
      this.#die = () => resolve('died');
    });
    const end = await Promise.race([work().then(() => 'lived' as const), death]);
    if (end === 'lived') return;
    this.crashes++;
    this.now += this.context.settings.leaseMs + 1;
    const next = this.context as { owner: string; client: VendorClient };
    next.owner = `process-${this.crashes + 1}`;
    next.client = this.#newClient(this.context.runtime);
  }

  #newClient(runtime: Runtime): VendorClient {
    return createVendorClient({
      providers,
      runtime,
      exchangeOf: () => ({ send: (request) => this.#exchange(request), close: async () => undefined }),
      credentialsOf: async (account) => emulatedCredentials[account.provider as ProviderId],
    });
  }

  #crash(): Promise<never> {
    this.#die();
    return new Promise(() => undefined);
  }

  #mortal(store: Store): Store {
    return new Proxy(store, {
      get: (target, name: keyof Store) => {
        if (name !== 'update') return (target[name] as (...parameters: unknown[]) => unknown).bind(target);
        return async (id: string, change: (current: Migration) => Migration | null, options?: UpdateOptions) => {
          const result = await target.update(id, change, options);
          return this.#crashAfterWrites.delete(++this.#writes) && options?.fence ? this.#crash() : result;
        };
      },
    });
  }

  async #exchange(signed: SignedRequest): Promise<VendorReply> {
    const url = new URL(signed.url);
    const headers = Object.fromEntries(
      Object.entries(signed.headers).map(([name, value]) => [name.toLowerCase(), value]),
    );
    const request: SandboxRequest = {
      method: signed.method,
      path: url.pathname,
      query: url.search.slice(1),
      headers: { host: url.host, ...headers },
      body: signed.body ?? '',
    };
    const changes = /^(Create|Start|Modify|Terminate|Delete)/.test(this.cloud.operationOf(request));
    const aimed = changes ? this.changeFaults.shift() : this.readFault === 'none' ? undefined : this.readFault;
    const fault = aimed ?? this.#faults.shift() ?? 'none';
    this.exchanges.push(`${this.cloud.operationOf(request)}:${fault}`);
    this.now += 20;
    await this.meanwhile?.(this.exchanges.length);
    if (this.refused?.operation === this.cloud.operationOf(request)) {
      const refused = this.cloud.refuse?.({ code: this.refused.code }, request);
      if (refused === undefined) throw new Error('this cloud gives no errors by their code');
      return this.#reply(refused);
    }
    switch (fault) {
      case 'refused_connection':
        throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED', syscall: 'connect' });
      case 'drop_before':
        throw Object.assign(new Error('dropped'), { code: 'UND_ERR_SOCKET' });
      case 'unavailable_before':
        return this.#reply(this.cloud.fault('unavailable', request));
      case 'throttled':
        return this.#reply(this.cloud.fault('throttled', request));
      case 'crash_before':
        return this.#crash();
    }
    const response = this.cloud.handle(request);
    switch (fault) {
      case 'drop_after':
        throw Object.assign(new Error('dropped'), { code: 'UND_ERR_SOCKET' });
      case 'unavailable_after':
        return this.#reply(this.cloud.fault('internal_error', request));
      case 'garbage_after':
        return this.#reply({ status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' });
      case 'crash_after':
        return this.#crash();
      case 'pause_after':
        this.now += pauseMs;
    }
    return this.#reply(response);
  }

  #reply(response: SandboxResponse): VendorReply {
    const headers = Object.fromEntries(
      Object.entries(response.headers).map(([name, value]) => [name.toLowerCase(), value]),
    );
    const date = new Date(this.now + this.#cloudOffsetMs).toUTCString();
    return { httpStatus: response.status, headers: { date, ...headers }, body: response.body, receivedAt: this.now };
  }

  #next(): number {
    this.#random = (Math.imul(this.#random, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#random >>> 8;
  }
}

const instances: Record<ProviderId, string> = {
  alibaba: 'rm-uf6wjk5xxxxxxx',
  huawei: '11112222333344445555666677778888in04',
  tencent: 'mssql-rdc0gajn',
};

/** A valid request for the emulated cloud of each provider. */
export function requestFor(
  provider: ProviderId,
  mode: MigrationRequest['mode'] = 'full',
  key = fullKey(provider, mode),
): MigrationRequest {
  return {
    provider,
    mode,
    target: { instanceId: instances[provider], ...(provider !== 'huawei' && { databases: [{ name: 'orders' }] }) },
    source: { type: 'object_storage', bucket: 'acme-backups-1250000000', keys: [key] },
  };
}

function fullKey(provider: ProviderId, mode: MigrationRequest['mode']): string {
  if (provider !== 'tencent' || mode === 'full') return 'prod/orders_full.bak';
  return mode === 'full_log'
    ? 'prod/orders_20261121190000_2full2_2noreconvery2.bak'
    : 'prod/orders_20261121190000_1full1_1noreconvery1.bak';
}

/** The key of the increment with that number, by the naming rule of the provider. */
export function incrementKey(
  provider: ProviderId,
  mode: MigrationRequest['mode'],
  number: number,
  final: boolean,
): string {
  const time = `202611212${String(number).padStart(5, '0')}`;
  if (provider !== 'tencent')
    return `prod/orders_${time}.${mode === 'full_log' ? (provider === 'huawei' ? 'bak' : 'trn') : 'bak'}`;
  const kind = mode === 'full_log' ? '2log2_2' : '1diff1_1';
  return `prod/orders_${time}_${kind}${final ? '' : 'no'}reconvery${mode === 'full_log' ? 2 : 1}.bak`;
}
