import { storageService } from '../domain/object-store.ts';
import type { Runtime } from '../domain/runtime.ts';
import type {
  Account,
  SignedRequest,
  SigningContext,
  VendorCallReport,
  VendorFailure,
  VendorReply,
} from '../domain/vendor.ts';
import type { Attempt, Outcome } from './attempt.ts';
import { maxListLength } from './bounded-answer.ts';
import type { Exchange } from './exchange.ts';
import { exchangeFailure, heldBack, notSigned, outage } from './failure.ts';
import { cleanReply, redactorFor } from './redaction.ts';
import type { Traffic } from './traffic.ts';
import type { VendorClocks } from './vendor-clocks.ts';

/** Dependencies of an attempt. */
interface Line {
  readonly runtime: Runtime;
  readonly clocks: VendorClocks;
  readonly traffic: Traffic;
  /** Returns the HTTP exchange for an account's calls. */
  exchangeOf(account: Account): Exchange;
}

/**
 * Signs and sends one attempt and reads its response. Never throws for a failed exchange; the outcome carries the failure. `mayGo`: whether
 * this process may still send the call. `waitedMs`: milliseconds that the call waited for its turn, for the report.
 */
export async function dial(line: Line, attempt: Attempt, mayGo: () => boolean, waitedMs: number): Promise<Outcome> {
  const { runtime, clocks, traffic, exchangeOf } = line;
  const { provider, account, region, credentials, session, request } = attempt;
  const protocol = request.service === storageService ? provider.objectStore : provider;
  const endpoint = account.endpoints[request.service] ?? protocol.endpoint(request.service, region, account);
  const context: SigningContext = {
    account,
    region,
    credentials,
    session,
    endpoint,
    now: runtime.now() + clocks.offset(account),
    nonce: runtime.uuid(),
  };
  let signed: SignedRequest;
  try {
    signed = protocol.sign(request, context);
  } catch (error) {
    return { failure: notSigned(error, request, account.provider) };
  }
  if (!mayGo()) return { failure: heldBack(request, account.provider) };
  if (!traffic.leaves(account, region, request))
    return { failure: outage(request, account, traffic.breakLeftMs(account, region, request)) };
  const [startedAt, leftAt] = [runtime.now(), runtime.monotonic()];
  let reply: VendorReply | null = null;
  let failure: VendorFailure | null;
  try {
    reply = cleanReply(
      await exchangeOf(account).send(signed, runtime.now),
      redactorFor(signed, credentials, session),
      request.object?.key === null ? maxListLength : undefined,
    );
    clocks.learn(account, reply, startedAt);
    failure = protocol.failureOf(request, reply);
  } catch (error) {
    failure = exchangeFailure(error, request, account.provider, new URL(endpoint).host);
  }
  if (failure === null && reply === null) failure = exchangeFailure(null, request, account.provider, endpoint);
  traffic.returns(account, region, request, failure, leftAt);
  const report: VendorCallReport = {
    provider: account.provider,
    account: account.name,
    operation: request.operation,
    effect: request.effect,
    outcome: failure?.kind ?? 'ok',
    httpStatus: reply?.httpStatus ?? null,
    requestId: failure?.provider.requestId ?? (reply && protocol.requestIdOf(reply)),
    durationMs: runtime.now() - startedAt,
    waitedMs,
  };
  return failure === null && reply !== null
    ? { reply, report }
    : { failure: failure ?? exchangeFailure(null, request, account.provider, endpoint), report };
}
