import { createHash } from 'node:crypto';
import type { Instant } from '../domain/migration.ts';
import { storageService } from '../domain/object-store.ts';
import type { Provider, ProviderRegistry } from '../domain/provider.ts';
import type { Runtime } from '../domain/runtime.ts';
import { Secret } from '../domain/secret.ts';
import {
  type Account,
  type CallOptions,
  type CallPriority,
  type Credentials,
  type Dialogue,
  mayHaveHappened,
  type Permit,
  type Protocol,
  type Session,
  type SignedRequest,
  type SigningContext,
  type VendorCallReport,
  type VendorClient,
  type VendorClockReport,
  VendorError,
  type VendorFailure,
  type VendorLoginReport,
  type VendorReply,
  type VendorRequest,
} from '../domain/vendor.ts';
import { CallGate, type GateSettings } from './call-gate.ts';
import type { Exchange } from './exchange.ts';
import { exchangeFailure, heldBack, noTurn, notSigned, shutDown } from './failure.ts';
import { type RefusedLogin, RefusedLogins } from './refused-logins.ts';
import { SessionCache } from './session-cache.ts';

export interface VendorClientOptions {
  readonly providers: ProviderRegistry;
  readonly exchange: Exchange;
  readonly runtime: Runtime;
  /** Read before every attempt, so that rotated credentials are used at once. */
  credentialsOf(account: Account): Promise<Credentials>;
  /** Told when the vendor says that these credentials have ended before their time. */
  credentialsEnded?(account: Account, credentials: Credentials): void;
  report?(report: VendorCallReport): void;
  reportLogin?(report: VendorLoginReport): void;
  /** Told when a vendor's clock is first learnt, and when it changes by more than the resolution of a `Date` header. */
  reportClock?(report: VendorClockReport): void;
}

/** The vendors' client and what it knows of logins. */
export interface VendorTransport extends VendorClient {
  /** The refused login because of which nothing is tried with the account's credentials at present, or null. */
  refusedLogin(account: Account): VendorFailure | null;
  /** The process ends: nothing is sent any more, and whoever waits for a turn or for another try is told at once. */
  drain(): void;
}

/** Reads are tried this often; a changing call is never sent again after it may have arrived. */
const readTries = 3;
const readBackOffMs = 200;
/** The longest pause between two tries of a read; a vendor that asks for a longer one is asked again by whoever wanted the answer. */
const maxReadPauseMs = 5000;
/** How long somebody who waits for an answer may wait for a turn, in milliseconds. */
export const maxCallerWaitMs = 5000;
/** Calls under way at once per account. What hangs takes the places of its own kind only. */
const maxConcurrent = { submission: 32, caller: 8, observation: 16 } as const;
/** The changing calls of a vendor's own service. */
const asWrite = { effect: 'write', service: '' } as const;
/** Of one account at its object store: half of what the strictest of the three gives one folder in which much is going on. */
const storageReadsPerSecond = 25;
/** Offsets below this are the resolution of a `Date` header, not a clock that is off. */
const clockNoiseMs = 2000;
/** No clock is off by more than this; a `Date` header that says so is a fault of its sender. */
const mostClockOffsetMs = 24 * 3_600_000;

/** The vendors' client: signs each attempt, keeps sessions, limits, and the vendor's clock per account. */
export function createVendorClient(options: VendorClientOptions): VendorTransport {
  const { providers, exchange, runtime } = options;
  const offsets = new Map<string, number>();
  const sessions = new Map<string, SessionCache>();
  const gates = new Map<string, CallGate>();
  const draining = new AbortController();
  const refusals = new RefusedLogins(runtime.now);
  const standing = new Map<string, RefusedLogin>();
  const cloudIds = new Map<string, string>();
  const prints = new Map<string, string | null>();

  const vendorNow = (account: Account): Instant => runtime.now() + (offsets.get(account.name) ?? 0);

  async function execute(
    account: Account,
    region: string,
    request: VendorRequest,
    callOptions: CallOptions | Turns = {},
  ): Promise<VendorReply> {
    const provider = providers.of(account.provider);
    const turns = turnsOf(callOptions);
    let refreshed = false;
    let resigned = false;
    for (let attempt = 1; ; attempt++) {
      const { credentials, cache, session } = await entitle(provider, account, region, request.service);
      const outcome = await attemptOnce({ provider, account, region, credentials, session, request }, turns);
      if ('reply' in outcome) return outcome.reply;
      const { failure } = outcome;
      if (failure.kind === 'session_expired' && !refreshed) {
        refreshed = true;
        if (session !== null) cache?.invalidate(session);
        options.credentialsEnded?.(account, credentials);
        continue;
      }
      if (failure.kind === 'clock_skew' && !resigned) {
        resigned = true;
        continue;
      }
      if (request.effect === 'write' || !readRetryKinds.includes(failure.kind) || attempt >= readTries)
        throw new VendorError(failure);
      const pauseMs = failure.retryAfterMs ?? jittered(readBackOffMs * 2 ** attempt, runtime);
      if (pauseMs > Math.min(maxReadPauseMs, turns.leftMs)) throw new VendorError(failure);
      await runtime.sleep(pauseMs, draining.signal);
      if (draining.signal.aborted) throw new VendorError(failure);
    }
  }

  /** Credentials and session for one attempt. Whatever fails here, the call itself has not been sent. */
  async function entitle(provider: Provider, account: Account, region: string, service?: string) {
    try {
      const credentials = await options.credentialsOf(account);
      prints.set(account.name, nameOf(credentials));
      if (service === storageService) {
        const cache = sessionCache(provider, account, region, credentials, provider.objectStore);
        return { credentials, cache, session: cache === null ? null : await cache.get(fingerprint(credentials)) };
      }
      const cache = sessionCache(provider, account, region, credentials);
      const session = cache === null ? null : await sessionFrom(cache, account, region, credentials);
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
    const { account, request } = attempt;
    const gate = gateOf(account, request);
    const askedAt = runtime.monotonic();
    const permit = turns.permit ?? (await gate.take(turns.priority, turns.leftMs));
    turns.permit = null;
    const waitedMs = runtime.monotonic() - askedAt;
    turns.leftMs -= waitedMs;
    if (draining.signal.aborted) {
      permit?.giveBack();
      return { failure: shutDown(request, account.provider) };
    }
    if (permit === null) return { failure: noTurn(request, account, gate.waitMs(turns.priority)) };
    try {
      return await dial(attempt, turns.mayGo, gate, waitedMs);
    } finally {
      permit.release();
    }
  }

  async function dial(attempt: Attempt, mayGo: () => boolean, gate: CallGate, waitedMs: number): Promise<Outcome> {
    const { provider, account, region, credentials, session, request } = attempt;
    const protocol = request.service === storageService ? provider.objectStore : provider;
    const endpoint = account.endpoints[request.service] ?? protocol.endpoint(request.service, region, account);
    const context: SigningContext = {
      account,
      region,
      credentials,
      session,
      endpoint,
      now: vendorNow(account),
      nonce: runtime.uuid(),
    };
    let signed: SignedRequest;
    try {
      signed = protocol.sign(request, context);
    } catch (error) {
      return { failure: notSigned(error, request, account.provider) };
    }
    if (!mayGo()) return { failure: heldBack(request, account.provider) };
    const startedAt = runtime.now();
    let reply: VendorReply | null = null;
    let failure: VendorFailure | null;
    try {
      reply = await exchange.send(signed, runtime.now);
      learnClock(account, reply, startedAt);
      failure = protocol.failureOf(request, reply);
    } catch (error) {
      failure = exchangeFailure(error, request, account.provider, new URL(endpoint).host);
    }
    if (failure?.kind === 'throttled') gate.pause(failure.retryAfterMs ?? 0);
    options.report?.({
      provider: account.provider,
      account: account.name,
      operation: request.operation,
      effect: request.effect,
      outcome: failure?.kind ?? 'ok',
      httpStatus: reply?.httpStatus ?? null,
      requestId: failure?.provider.requestId ?? (reply && protocol.requestIdOf(reply)),
      durationMs: runtime.now() - startedAt,
      waitedMs,
    });
    if (failure !== null) return { failure };
    return reply === null ? { failure: exchangeFailure(null, request, account.provider, endpoint) } : { reply };
  }

  function learnClock(account: Account, reply: VendorReply, startedAt: Instant): void {
    const vendor = Date.parse(reply.headers.date ?? '');
    if (Number.isNaN(vendor)) return;
    // A `Date` header has whole seconds, so its middle is the best guess.
    const offset = vendor + 500 - (startedAt + reply.receivedAt) / 2;
    if (Math.abs(offset) > mostClockOffsetMs) return;
    const known = Math.abs(offset) < clockNoiseMs ? 0 : Math.round(offset);
    const before = offsets.get(account.name);
    offsets.set(account.name, known);
    if (before === undefined || Math.abs(known - before) > clockNoiseMs)
      options.reportClock?.({ provider: account.provider, account: account.name, offsetMs: known });
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
      return run(dialogue, async (request) => {
        const outcome = await attemptOnce(
          { provider, account, region, credentials: present, session: null, request },
          turnsOf({}),
        );
        if ('failure' in outcome) throw new VendorError(outcome.failure);
        return outcome.reply;
      });
    };
    const cache = new SessionCache(runtime.now, () => toldLogin(account, login()), refusals, key);
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

  function gateOf(account: Account, { effect, service }: Pick<VendorRequest, 'effect' | 'service'>): CallGate {
    const ofStore = service === storageService;
    const key = `${account.name}|${ofStore ? service : effect}`;
    const known = gates.get(key);
    if (known) return known;
    const { readsPerSecond, writesPerSecond } = account.limits;
    const perSecond = ofStore ? storageReadsPerSecond : effect === 'read' ? readsPerSecond : writesPerSecond;
    const settings: GateSettings = { perSecond, maxConcurrent };
    const gate = new CallGate(settings, runtime);
    gates.set(key, gate);
    return gate;
  }

  return {
    execute,
    converse(account, region, dialogue, callOptions = {}) {
      // All calls of a dialogue share one allowance for waiting.
      const turns = turnsOf(callOptions);
      return run(dialogue, (request) => execute(account, region, request, turns));
    },
    admit(account) {
      const gate = gateOf(account, asWrite);
      const permit = draining.signal.aborted ? null : gate.tryTake('submission');
      if (permit !== null) return { open: true, permit };
      return { open: false, waitMs: gate.waitMs('submission'), askedByVendor: gate.pauseLeftMs > 0 };
    },
    outlook(account) {
      const gate = gateOf(account, asWrite);
      return { room: gate.available, waitMs: gate.waitMs('submission'), pauseLeftMs: gate.pauseLeftMs };
    },
    drain() {
      draining.abort();
      for (const gate of gates.values()) gate.close();
    },
    clockOffset: (account) => offsets.get(account.name) ?? 0,
    cloudId: (account, region) =>
      cloudIds.get(placeOf(account, region)) ?? providers.of(account.provider).cloudId(account, region),
    credentialPrint: (account) => prints.get(account.name) ?? null,
    async learnCloudId(account, region) {
      try {
        await entitle(providers.of(account.provider), account, region);
      } catch (error) {
        if (!(error instanceof VendorError)) throw error;
      }
    },
    refusedLogin(account) {
      const refusal = standing.get(account.name);
      return refusal !== undefined && runtime.now() < refusal.until ? refusal.error.failure : null;
    },
  };
}

/** All that one attempt is made of. */
interface Attempt {
  readonly provider: Provider;
  readonly account: Account;
  readonly region: string;
  readonly credentials: Credentials;
  readonly session: Session | null;
  readonly request: VendorRequest;
}

type Outcome = { readonly reply: VendorReply } | { readonly failure: VendorFailure };

/** What is left of a call's allowance for waiting. */
interface Turns {
  readonly priority: CallPriority;
  readonly mayGo: () => boolean;
  permit: Permit | null;
  leftMs: number;
}

function turnsOf(options: CallOptions | Turns): Turns {
  if ('leftMs' in options) return options;
  const { priority = 'submission', mayGo = () => true, permit = null } = options;
  const leftMs = options.maxWaitMs ?? (priority === 'caller' ? maxCallerWaitMs : Number.POSITIVE_INFINITY);
  return { priority, mayGo, permit, leftMs };
}

const readRetryKinds: readonly VendorFailure['kind'][] = ['timeout', 'unavailable', 'not_sent', 'replayed'];

/** Runs a dialogue: each request it yields is sent, and a failure is thrown into it. */
async function run<T>(dialogue: Dialogue<T>, send: (request: VendorRequest) => Promise<VendorReply>): Promise<T> {
  let step = dialogue.next();
  while (!step.done) {
    try {
      const reply = await send(step.value);
      step = dialogue.next(reply);
    } catch (error) {
      if (!(error instanceof VendorError)) throw error;
      step = dialogue.throw(error);
    }
  }
  return step.value;
}

function jittered(ms: number, runtime: Runtime): number {
  return ms * (0.5 + (runtime.randomBytes(1)[0] ?? 0) / 512);
}

function placeOf(account: Account, region: string): string {
  return `${account.name}|${region}`;
}

/** Tells the key or user that credentials name, whatever its secret is; null for temporary ones, whose names change by themselves. */
function nameOf(credentials: Credentials): string | null {
  const parts = Object.entries(credentials);
  if (parts.some(([name, value]) => /token$/i.test(name) && value !== undefined)) return null;
  const open = parts.filter(([, value]) => typeof value === 'string').map(([name, value]) => `${name}=${value}`);
  return createHash('sha256').update(open.sort().join('\0')).digest('hex').slice(0, 16);
}

/** Tells credentials apart without keeping them. */
function fingerprint(credentials: Credentials): string {
  const parts = Object.values(credentials).map((value: unknown) =>
    value instanceof Secret ? value.reveal() : String(value),
  );
  return createHash('sha256').update(parts.join('\0')).digest('hex');
}
