import type { Share } from '../domain/call-budget.ts';
import { credentialFault } from '../domain/credential-text.ts';
import { storageService } from '../domain/object-store.ts';
import type { Provider, ProviderRegistry } from '../domain/provider.ts';
import type { Runtime } from '../domain/runtime.ts';
import type { SharedSlowDowns } from '../domain/slow-downs.ts';
import {
  type Account,
  type CallOptions,
  type Credentials,
  mayHaveHappened,
  type Protocol,
  type Session,
  type VendorCallReport,
  type VendorClient,
  type VendorClockReport,
  VendorError,
  type VendorFailure,
  type VendorLoginReport,
  type VendorReply,
  type VendorRequest,
} from '../domain/vendor.ts';
import type { Attempt, Outcome } from './attempt.ts';
import { fingerprint, nameOf } from './credential-print.ts';
import { dial } from './dial.ts';
import { runDialogue } from './dialogue.ts';
import type { Exchange } from './exchange.ts';
import { endedCredentials, malformedCredentials, noTurn, outage, reconfigured, shutDown } from './failure.ts';
import { type RefusedLogin, RefusedLogins } from './refused-logins.ts';
import { type Attempts, decideRetry, jittered, type RetryDecision } from './retry.ts';
import { SessionCache } from './session-cache.ts';
import { Traffic } from './traffic.ts';
import { maxCallerWaitMs, type Turns, turnsOf } from './turns.ts';
import { VendorClocks } from './vendor-clocks.ts';

/** Dependencies of the vendor client. The `report…` functions receive facts for telemetry. */
export interface VendorClientOptions {
  readonly providers: ProviderRegistry;
  /** Returns the HTTP exchange for an account's calls. */
  exchangeOf(account: Account): Exchange;
  readonly runtime: Runtime;
  /** Returns the current credentials. Called before every attempt, so that rotated credentials take effect at once. Throws `VendorError`. */
  credentialsOf(account: Account): Promise<Credentials>;
  /** Called when the vendor reports that these credentials have expired before their stated end. */
  credentialsEnded?(account: Account, credentials: Credentials): void;
  /** The share of every limit that this process may use; null: unknown, and no call is sent. Default: the whole limit. */
  share?(): Share | null;
  /** Called when a vendor has throttled a call. `slowDowns` then holds a slow-down to share with the other processes. */
  slowedDown?(): void;
  report?(report: VendorCallReport): void;
  reportLogin?(report: VendorLoginReport): void;
  /** Called when a vendor's clock is first measured, and when its offset changes by more than the resolution of a `Date` header. */
  reportClock?(report: VendorClockReport): void;
}

/** The vendor client, with the state of logins and the hooks for configuration changes and shutdown. */
export interface VendorTransport extends VendorClient {
  /**
   * Why the account's credentials are unusable now: the vendor refused the last login or call, they have expired, or they are malformed.
   * Null: no problem is known.
   */
  refusedLogin(account: Account): VendorFailure | null;
  /**
   * Drops all state of an account whose configuration was changed or removed. Later attempts with it fail; an attempt that already waits
   * for its turn is still sent.
   */
  forget(account: Account): void;
  /** Prepares for shutdown: sends nothing more and rejects every call that waits for a turn or a retry. */
  drain(): void;
  /** The slow-downs that processes with shared limits exchange. */
  readonly slowDowns: SharedSlowDowns;
}

/** Creates the client for all vendors. It signs each attempt and keeps, per account, sessions, limits and the offset of the vendor's clock. */
export function createVendorClient(options: VendorClientOptions): VendorTransport {
  const { providers, runtime, exchangeOf } = options;
  const clocks = new VendorClocks((report) => options.reportClock?.(report));
  const sessions = new Map<string, SessionCache>();
  const traffic = new Traffic({
    runtime,
    limitsOf: ({ provider }) => providers.of(provider).callLimits,
    share: options.share,
    slowedDown: options.slowedDown,
  });
  const refusals = new RefusedLogins(runtime.now);
  const standing = new Map<string, RefusedLogin>();
  /** By account name: why the credentials were refused, have expired or cannot be sent. A successful call removes the entry. */
  const useless = new Map<string, VendorFailure>();
  const cloudIds = new Map<string, string>();
  const prints = new Map<string, string | null>();
  const entitled = new Set<string>();
  /** Earlier configurations of accounts. No further attempt starts with them. */
  const retired = new WeakSet<Account>();

  async function execute(
    account: Account,
    region: string,
    request: VendorRequest,
    callOptions: CallOptions | Turns = {},
  ): Promise<VendorReply> {
    const provider = providers.of(account.provider);
    const turns = turnsOf(callOptions);
    let attempts: Attempts = { count: 1, refreshed: false, resigned: false };
    for (;;) {
      const { credentials, cache, session } = await entitle(provider, account, region, request.service);
      const outcome = await attemptOnce({ provider, account, region, credentials, session, request }, turns);
      if ('reply' in outcome) {
        if (request.service !== storageService) useless.delete(account.name);
        tell(outcome);
        return outcome.reply;
      }
      const { failure } = outcome;
      const decision = decideRetry(request.effect, failure, attempts, traffic.budget(account), turns.leftMs);
      tell(outcome, decision);
      if (decision.do !== 'retry') throw new VendorError(lastFailure(account, request, failure, decision));
      attempts = {
        count: attempts.count + 1,
        refreshed: attempts.refreshed || decision.reason === 'session_expired',
        resigned: attempts.resigned || decision.reason === 'clock_skew',
      };
      if (decision.reason === 'session_expired') {
        if (session !== null) cache?.invalidate(session);
        options.credentialsEnded?.(account, credentials);
      }
      if (decision.reason !== 'transient') continue;
      traffic.spendTry(account);
      const pauseMs = decision.exactly ? decision.waitMs : jittered(decision.waitMs, runtime);
      turns.leftMs -= pauseMs;
      await runtime.sleep(pauseMs, traffic.draining);
      if (traffic.draining.aborted) throw new VendorError(failure);
    }
  }

  /** The failure that the caller receives. Marks the credentials as unusable if the failure says so. */
  function lastFailure(
    account: Account,
    request: VendorRequest,
    failure: VendorFailure,
    { reason }: RetryDecision,
  ): VendorFailure {
    const last = reason === 'credentials_ended' ? endedCredentials(account, failure) : failure;
    if (last.kind === 'unauthenticated' && request.service !== storageService) useless.set(account.name, last);
    return last;
  }

  function tell({ report }: Outcome, decision?: RetryDecision): void {
    if (report) options.report?.({ ...report, ...(decision && { next: `${decision.do}: ${decision.reason}` }) });
  }

  /** Obtains credentials and a session for one attempt. A failure here has the kind `not_sent`, because the call itself was not sent. */
  async function entitle(provider: Provider, account: Account, region: string, service?: string) {
    if (retired.has(account)) throw new VendorError(reconfigured('The call', account.provider));
    try {
      const credentials = await options.credentialsOf(account);
      prints.set(account.name, nameOf(credentials));
      const fault = credentialFault(credentials);
      if (fault !== null) {
        const failure = malformedCredentials(account, fault);
        useless.set(account.name, failure);
        throw new VendorError(failure);
      }
      if (service === storageService) {
        const cache = sessionCache(provider, account, region, credentials, provider.objectStore);
        return { credentials, cache, session: cache === null ? null : await cache.get(fingerprint(credentials)) };
      }
      const cache = sessionCache(provider, account, region, credentials);
      const session = cache === null ? null : await sessionFrom(cache, account, region, credentials);
      entitled.add(placeOf(account, region));
      return { credentials, cache, session };
    } catch (error) {
      if (!(error instanceof VendorError) || !mayHaveHappened(error.failure.kind)) throw error;
      throw new VendorError({ ...error.failure, kind: 'not_sent' }, { cause: error });
    }
  }

  async function sessionFrom(
    cache: SessionCache,
    account: Account,
    region: string,
    credentials: Credentials,
  ): Promise<Session> {
    const print = fingerprint(credentials);
    try {
      const session = await cache.get(print);
      standing.delete(account.name);
      if (session.projectId !== null) cloudIds.set(placeOf(account, region), session.projectId);
      return session;
    } catch (error) {
      const refusal = refusals.standing(print, placeOf(account, region));
      if (refusal !== null) standing.set(account.name, refusal);
      throw error;
    }
  }

  async function attemptOnce(attempt: Attempt, turns: Turns): Promise<Outcome> {
    const { account, region, request } = attempt;
    const breakMs = traffic.breakLeftMs(account, region, request);
    if (breakMs > 0) return { failure: outage(request, account, breakMs) };
    const gate = traffic.gate(account, request);
    const call = traffic.wanted(account, region, request, turns.priority);
    const askedAt = runtime.monotonic();
    const permit = turns.permit ?? (await gate.take(call, turns.leftMs));
    turns.permit = null;
    const waitedMs = runtime.monotonic() - askedAt;
    turns.leftMs -= waitedMs;
    if (traffic.draining.aborted) {
      permit?.giveBack();
      return { failure: shutDown(request, account.provider) };
    }
    if (permit === null) return { failure: noTurn(request, account, gate.waitMs(call)) };
    try {
      return await dial({ runtime, clocks, traffic, exchangeOf }, attempt, turns.mayGo, waitedMs);
    } finally {
      permit.release();
    }
  }

  function sessionCache(
    provider: Provider,
    account: Account,
    region: string,
    credentials: Credentials,
    protocol: Protocol = provider,
  ): SessionCache | null {
    const key = protocol === provider ? placeOf(account, region) : `${placeOf(account, region)}|${storageService}`;
    const known = sessions.get(key);
    if (known) return known;
    if (protocol.login(account, region, credentials) === null) return null;
    const login = async (): Promise<Session> => {
      const present = await options.credentialsOf(account);
      const dialogue = protocol.login(account, region, present);
      if (dialogue === null) return { token: null, projectId: null, expiresAt: Number.POSITIVE_INFINITY };
      return runDialogue(dialogue, async (request) => {
        const outcome = await attemptOnce(
          { provider, account, region, credentials: present, session: null, request },
          turnsOf({}),
        );
        tell(outcome);
        if ('failure' in outcome) throw new VendorError(outcome.failure);
        return outcome.reply;
      });
    };
    const cache = new SessionCache(
      runtime.now,
      () => (protocol === provider ? toldLogin(account, login()) : login()),
      refusals,
      key,
    );
    sessions.set(key, cache);
    return cache;
  }

  async function toldLogin(account: Account, login: Promise<Session>): Promise<Session> {
    const tell = (outcome: VendorLoginReport['outcome']): void =>
      options.reportLogin?.({ provider: account.provider, account: account.name, outcome });
    try {
      const session = await login;
      tell('opened');
      return session;
    } catch (error) {
      tell(error instanceof VendorError && error.failure.kind === 'unauthenticated' ? 'refused' : 'failed');
      throw error;
    }
  }

  return {
    execute,
    converse(account, region, dialogue, callOptions = {}) {
      // All calls of a dialogue share one allowance for waiting.
      const turns = turnsOf(callOptions);
      return runDialogue(dialogue, (request) => execute(account, region, request, turns));
    },
    admit: (account, region, operation) => traffic.admit(account, region, operation),
    outlook: (account) => traffic.outlook(account),
    maxCallerWaitMs,
    circuits: () => traffic.circuits(),
    slowedOperations: () => traffic.slowedOperations(),
    drain: () => traffic.drain(),
    slowDowns: traffic.slowDowns,
    forget(account) {
      retired.add(account);
      const { name } = account;
      for (const known of [standing, useless, prints]) known.delete(name);
      for (const places of [sessions, cloudIds, entitled])
        for (const key of places.keys()) if (key.startsWith(`${name}|`)) places.delete(key);
      clocks.forget(name);
      traffic.forget(account);
    },
    clockOffset: (account) => clocks.offset(account),
    cloudId: (account, region) =>
      cloudIds.get(placeOf(account, region)) ?? providers.of(account.provider).cloudId(account, region),
    credentialPrint: (account) => prints.get(account.name) ?? null,
    knowsCloud: (account, region) => entitled.has(placeOf(account, region)),
    async learnCloudId(account, region) {
      try {
        await entitle(providers.of(account.provider), account, region);
      } catch (error) {
        if (!(error instanceof VendorError)) throw error;
      }
    },
    refusedLogin(account) {
      const refusal = standing.get(account.name);
      if (refusal !== undefined && runtime.now() < refusal.until) return refusal.error.failure;
      return useless.get(account.name) ?? null;
    },
  };
}

function placeOf(account: Account, region: string): string {
  return `${account.name}|${region}`;
}
