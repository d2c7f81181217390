import { dirname } from 'node:path';
import type { Logger } from 'pino';
import { changesBetween } from './config/changes.ts';
import type { Config } from './config/config.ts';
import { encryptionKeysOf } from './config/key-file.ts';
import type { AuditLog } from './domain/audit.ts';
import type { FeedStore } from './domain/feed-store.ts';
import type { ProviderRegistry } from './domain/provider.ts';
import type { Runtime } from './domain/runtime.ts';
import { type ClockStep, steadyClock, unsteppedNow } from './domain/steady-clock.ts';
import type { SealCount, Store } from './domain/store.ts';
import type { Account } from './domain/vendor.ts';
import type { WebhookStore } from './domain/webhook.ts';
import { replaceAccounts } from './engine/accounts.ts';
import { createBackupFiles } from './engine/backup-files.ts';
import type { EngineContext } from './engine/context.ts';
import { createEngine } from './engine/engine.ts';
import { createFeedScanner } from './engine/feed/scanner.ts';
import { createReplicas } from './engine/replicas.ts';
import { reportingEndings } from './engine/report-endings.ts';
import { resealTexts } from './engine/resealing.ts';
import { distrustStore } from './engine/restored-store.ts';
import { createMigrationService } from './engine/service.ts';
import { createTextCipher } from './engine/text-cipher.ts';
import { createUrlCipher } from './engine/url-cipher.ts';
import { createHttpApp } from './http/app.ts';
import { changeableAuthenticator } from './http/auth/configured.ts';
import type { RateLimit } from './http/settings.ts';
import { providers as everyProvider } from './registry.ts';
import { openStore } from './store/open.ts';
import { engineLogger } from './telemetry/log.ts';
import type { Tracing } from './telemetry/span.ts';
import { createTelemetry } from './telemetry/telemetry.ts';
import { createVendorClient } from './transport/client.ts';
import { createCredentialVault } from './transport/credentials/vault.ts';
import { createExchanges } from './transport/exchange.ts';
import { createOutbound } from './transport/outbound.ts';
import { placesOfWebhook } from './webhooks/sealed-places.ts';
import { createWebhooks } from './webhooks/webhooks.ts';

/** A running gateway. */
export interface Gateway {
  /** Base URL of the listening address. */
  readonly url: string;
  /** Applies a new configuration. Returns the names of the changed sections that need a restart. */
  reload(config: Config): Promise<readonly string[]>;
  /** Records that the changed configuration file has faults. The previous configuration stays active. */
  reloadFailed(): void;
  /** Stops the gateway: accepts no new work, waits at most `graceMs` milliseconds for open calls, and closes all resources. */
  stop(graceMs: number): Promise<void>;
}

/**
 * Composes the modules and starts listening. Rejects if the store, the port or a key is unavailable. `tracing`: records spans; the caller
 * closes it. `open`: opens the store.
 */
export async function startGateway(
  config: Config,
  runtime: Runtime,
  log: Logger,
  version: string,
  tracing: Tracing | null = null,
  providers: ProviderRegistry = everyProvider,
  open: typeof openStore = openStore,
): Promise<Gateway> {
  const storeUrl = config.storeUrl.reveal();
  const embedded = storeUrl.startsWith('sqlite:');
  // Processes that share a database use the database's clock, because they compare times that other processes have stored. A step of the
  // machine's clock must then have no effect.
  const own: Runtime = embedded ? runtime : { ...runtime, now: unsteppedNow(runtime) };
  const store: Store & AuditLog & WebhookStore & FeedStore = await open(storeUrl, {
    runtime: own,
    currentUrl: config.currentStoreUrl,
    onError: (error) => log.error({ error: messageOf(error) }, 'store'),
  });
  let stepped = (step: ClockStep): void => log.warn(step, 'the clock stepped');
  const clock = steadyClock(
    { now: () => own.now() + store.clockOffset(), monotonic: () => runtime.monotonic() },
    { patienceMs: config.engine.settleMs, onStep: (step) => stepped(step) },
  );
  const shared: Runtime = { ...runtime, now: clock.now };
  try {
    const seals = await store.seals();
    const sealedTexts = async () => seals.reduce((sum, { backups, webhooks }) => sum + backups + webhooks, 0);
    const keys = await encryptionKeysOf(config, sqliteFolder(storeUrl), shared, sealedTexts);
    const texts = createTextCipher(keys, shared);
    const missingKeysDetail = missingKeys(seals, texts.keyIds);
    if (missingKeysDetail !== null) log.error({ error: missingKeysDetail }, 'encryption keys');
    const cipher = createUrlCipher(texts);
    let inForce: InForce = { config, failed: false, needRestart: [] };
    let rateLimit = rateLimitOf(config);
    const accounts = new Map<string, Account>(config.accounts.map(({ account }) => [account.name, account]));
    const outbound = createOutbound(config);
    const vault = createCredentialVault({ accounts: config.accounts, runtime: shared, outboundOf: outbound.of });
    const exchanges = createExchanges(config.engine.callTimeoutMs, outbound.of);
    const namesOf = ({ accounts: configured }: Config) =>
      configured.map(({ account: { provider, name } }) => ({
        provider,
        account: name,
        opensSessions: providers.of(provider).opensSessions,
      }));
    const telemetry = createTelemetry({
      runtime: shared,
      log,
      version,
      store,
      accounts: namesOf(config),
      inFlight: () => engine.inFlight,
      circuits: () => client.circuits(),
      slowedOperations: () => client.slowedOperations(),
      limitShare: () => 1 / (replicas.share()?.of ?? Number.POSITIVE_INFINITY),
      tracing,
    });
    const owner = shared.uuid();
    const replicas = createReplicas({
      store,
      runtime: shared,
      id: owner,
      log: engineLogger(log),
      slowDowns: () => client.slowDowns,
    });
    const client = createVendorClient({
      providers,
      exchangeOf: exchanges.of,
      runtime: shared,
      credentialsOf: vault.credentialsOf,
      credentialsEnded: vault.credentialsEnded,
      share: replicas.share,
      slowedDown: replicas.publishSoon,
      report: telemetry.vendors.call,
      reportLogin: telemetry.vendors.login,
      reportClock: telemetry.vendors.clock,
    });
    const context: EngineContext = {
      store: reportingEndings(store, telemetry.migrationEnded),
      client,
      providers,
      accounts,
      runtime: shared,
      patientNow: clock.patientNow,
      settings: config.engine,
      feedScanMs: config.feedScanMs,
      owner,
      log: engineLogger(log),
      telemetry: telemetry.engine,
      refusedCredentials: (account) => client.refusedLogin(account) ?? vault.refusal(account),
      openUrl: (url, backupId) => cipher.open(url, backupId),
      missingKeysDetail,
      ...(!config.sandbox && { configurationCheck: () => configurationCheck(inForce) }),
    };
    const engine = createEngine(context);
    stepped = (step) => {
      log.warn(step, 'the clock stepped');
      telemetry.clockStepped(step);
      engine.clockStepped();
    };
    const files = createBackupFiles(context);
    const scanner = createFeedScanner(context, store, files, {
      runtime: shared,
      seal: (url, backupId) => cipher.seal(url, backupId),
    });
    const service = createMigrationService(context, engine, cipher, { files, feeds: store, scanner });
    const webhooks = createWebhooks({
      store,
      runtime: shared,
      cipher: texts,
      accounts,
      callers: callersOf(config),
      settings: config.webhooks,
      version,
      outbound: config.outbound,
      telemetry: telemetry.webhooks,
    });
    // Token validity uses the machine's clock, because a token issuer does not know the database's clock.
    const auth = await changeableAuthenticator(config.auth, runtime, outbound.fetch);
    const app = await createHttpApp({
      service,
      webhooks: webhooks.service,
      providers,
      runtime: shared,
      auth,
      audit: store,
      logger: log,
      telemetry: telemetry.http,
      settings: {
        version,
        environment: config.sandbox ? 'sandbox' : 'live',
        publicUrl: config.publicUrl,
        trustedProxies: config.trustedProxies,
        allowedHosts: config.allowedHosts,
        corsOrigins: config.corsOrigins,
        keepAliveTimeoutMs: config.keepAliveMs,
        maxEventLoopDelayMs: config.maxEventLoopDelayMs,
        publicDocumentation: config.auth.publicDocs,
        publicMetrics: config.auth.publicMetrics,
        rateLimit: () => rateLimit,
      },
    });
    await replicas.start();
    const url = await app.listen({ host: config.listen.host, port: config.listen.port });
    const stopping = new AbortController();
    const resealed = resealTexts({
      store,
      texts,
      urls: cipher,
      webhookPlaces: placesOfWebhook,
      stopped: stopping.signal,
    }).catch((error: unknown) =>
      log.warn({ error: messageOf(error) }, 'stored secrets could not all be encrypted with the current key'),
    );
    engine.start();
    scanner.start();
    webhooks.start();
    const reportConfiguration = (): void => {
      const { config: present, failed, needRestart } = inForce;
      telemetry.configured({ accounts: namesOf(present), failed, restart: needRestart.length > 0 });
    };

    function takeUpAccounts(next: Config, changed: readonly string[]): void {
      outbound.replaceAccounts(next.accounts);
      vault.replace(next.accounts, changed);
      const configured = next.accounts.map(({ account }) => account);
      replaceAccounts(accounts, configured, changed, client.forget);
    }

    return {
      url,
      async reload(next) {
        const changes = changesBetween(inForce.config, next);
        // Compares with the initial file, because sections that need a restart stay as they were at the start. A reverted change then needs
        // no restart.
        const { needRestart } = changesBetween(config, next);
        if (changes.callers) await auth.change(next.auth);
        if (changes.accounts.length > 0) takeUpAccounts(next, changes.accounts);
        if (changes.rateLimit) rateLimit = rateLimitOf(next);
        const callers = changes.callers ? next : inForce.config;
        if (changes.callers || changes.webhooks) webhooks.change(callersOf(callers), next.webhooks);
        // Callers that are not applied keep their previous settings.
        inForce = { config: { ...next, auth: callers.auth }, failed: false, needRestart };
        reportConfiguration();
        return needRestart;
      },
      reloadFailed() {
        inForce = { ...inForce, failed: true };
        reportConfiguration();
      },
      async stop(graceMs) {
        client.drain();
        stopping.abort();
        await Promise.all([engine.stop(graceMs), webhooks.stop(graceMs), scanner.stop(graceMs)]);
        await app.close();
        await resealed;
        await replicas.stop();
        await exchanges.close();
        await outbound.close();
        await vault.close();
        await store.close();
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/**
 * Prepares a database that was restored from a backup. No process may use it. Marks the calls that may have been sent after the backup, so
 * that they are probed before they are sent. Returns the number of affected migrations.
 */
export async function distrustRestoredStore(config: Config, runtime: Runtime): Promise<number> {
  const store = await openStore(config.storeUrl.reveal(), { runtime });
  try {
    return await distrustStore(store);
  } finally {
    await store.close();
  }
}

/** Describes the keys that stored texts need and that are not configured; null: none is missing. */
function missingKeys(seals: readonly SealCount[], configured: ReadonlySet<string>): string | null {
  const missing = seals.flatMap(({ seal, backups, webhooks }) => {
    const [, id = ''] = seal.split('.');
    return configured.has(id) ? [] : [`\`${id}\` (${backups} backups, ${webhooks} webhooks)`];
  });
  if (missing.length === 0) return null;
  return `stored secrets are encrypted with keys that are not configured: ${missing.join(', ')}. Migrations and webhooks that use them stay blocked until the keys are in encryption.previousKeys.`;
}

/** The folder of an embedded database; null for any other store. */
function sqliteFolder(url: string): string | null {
  const path = url.startsWith('sqlite:') ? url.slice('sqlite:'.length).replace(/^\/\/(?=.)/, '') : null;
  return path === null || path === ':memory:' ? null : dirname(path);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The active configuration. */
interface InForce {
  readonly config: Config;
  /** Whether the current file has faults and is therefore not active. */
  readonly failed: boolean;
  /** Names of the changed sections that need a restart. */
  readonly needRestart: readonly string[];
}

/** The readiness check of the configuration. Readiness is public, so the faults appear only in the log. */
function configurationCheck({ failed, needRestart }: InForce): { readonly ok: boolean; readonly detail: string } {
  if (failed)
    return {
      ok: false,
      detail: 'the changed file is invalid, and an earlier version is in force; the log names the faults',
    };
  if (needRestart.length > 0) return { ok: false, detail: `a restart is needed for: ${needRestart.join(', ')}` };
  return { ok: true, detail: 'the file is in force' };
}

function callersOf({ auth: { keys, issuers } }: Config) {
  return { keys, issuers: issuers.map(({ issuer }) => issuer) };
}

function rateLimitOf({ rateLimit }: Config): RateLimit | null {
  if (rateLimit === null) return null;
  const { burst, requestsPerSecond } = rateLimit;
  return { requests: burst, windowSeconds: burst / requestsPerSecond };
}
