import { systemRuntime } from '../src/runtime.ts';
import { openStore } from '../src/store/open.ts';
import { findPostgres, type PostgresServer } from '../test/support/postgres.ts';
import { type GatewayOptions, sqliteUrl, startGateway } from './gateway.ts';
import { type Measured, startChild } from './processes.ts';

export type StoreKind = 'SQLite' | 'PostgreSQL';

/** The rows' shared processes: one stub, one handler around the SDKs, one gateway per store. Each starts on first use. */
export class Stage {
  readonly #profiles: string | null;
  readonly #started = new Map<string, Promise<Measured>>();
  #postgres: Promise<{ readonly server: PostgresServer } | { readonly reason: string }> | null = null;

  /** `profiles`: the folder for CPU profiles of the gateways, or null for none. */
  constructor(profiles: string | null) {
    this.#profiles = profiles;
  }

  /** The process that stands in for the vendors. */
  stub(): Promise<Measured> {
    return this.#once('stub', () => startChild('vendor-stub.ts'));
  }

  /** A handler around the official SDKs. */
  async sdk(): Promise<Measured> {
    const { url } = await this.stub();
    return this.#once('sdk', () => startChild('contestants/sdk.ts', url));
  }

  /** The gateway on one store, with all rows measured on it so far. */
  gateway(store: StoreKind): Promise<Measured> {
    return this.#once(`gateway ${store}`, async () => this.own(store, await this.storeUrl(store)));
  }

  /** Another gateway, which the caller stops. */
  async own(name: string, storeUrl: string, options: Partial<GatewayOptions> = {}): Promise<Measured> {
    const { url } = await this.stub();
    const profile = this.#profiles === null ? null : { folder: this.#profiles, name: name.replaceAll(/\W+/g, '-') };
    return startGateway({ storeUrl, stub: url, profile, ...options });
  }

  /** An empty store. Throws `NotHere` without PostgreSQL. */
  async storeUrl(store: StoreKind): Promise<string> {
    if (store === 'SQLite') return sqliteUrl();
    this.#postgres ??= startPostgres();
    const found = await this.#postgres;
    if ('reason' in found) throw new NotHere(found.reason);
    return found.server.createDatabase();
  }

  async close(): Promise<void> {
    const started = await Promise.allSettled([...this.#started.values()].reverse());
    for (const each of started) if (each.status === 'fulfilled') await each.value.stop();
    const postgres = await this.#postgres;
    if (postgres !== null && 'server' in postgres) await postgres.server.stop();
  }

  #once(name: string, start: () => Promise<Measured>): Promise<Measured> {
    const known = this.#started.get(name) ?? start();
    this.#started.set(name, known);
    return known;
  }
}

/** Thrown if this machine lacks a requirement of a row. */
export class NotHere extends Error {}

async function startPostgres(): Promise<{ readonly server: PostgresServer } | { readonly reason: string }> {
  const found = await findPostgres();
  if (!found.available) return { reason: found.reason };
  return { server: await found.start(async (url) => (await openStore(url, { runtime: systemRuntime })).close()) };
}
