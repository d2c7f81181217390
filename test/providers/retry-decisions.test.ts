import { describe, expect, it } from 'vitest';
import { failureKinds, type VendorReply, type VendorRequest } from '../../src/domain/vendor.ts';
import { codeMeanings } from '../../src/providers/alibaba/error-codes.ts';
import { meanings } from '../../src/providers/huawei/error-codes.ts';
import { classify } from '../../src/providers/tencent/error-codes.ts';
import { decideRetry, fullBudget } from '../../src/transport/retry.ts';
import { type ProviderId, providers } from '../support/providers.ts';
import { type CodesOfAPage, codesOfPages, type Verdict } from './vendor-codes.ts';

const bodies: Record<ProviderId, (code: string, message: string) => object> = {
  alibaba: (Code, Message) => ({ Code, Message, RequestId: 'R' }),
  huawei: (error_code, error_msg) => ({ error_code, error_msg }),
  tencent: (Code, Message) => ({ Response: { Error: { Code, Message }, RequestId: 'R' } }),
};
/** Codes without a table entry, because the status or the message decides their meaning. */
const toldApart: ReadonlySet<string> = new Set(['APIGW.0201', 'APIGW.0301']);
const inTable: Record<ProviderId, (code: string) => boolean> = {
  alibaba: (code) => codeMeanings.has(code.toLowerCase()),
  huawei: (code) => meanings.has(code) || toldApart.has(code),
  tencent: (code) => classify(code) !== null,
};

/** The outcome for a changing call and for a read, and whether a repeat may succeed without intervention. */
const expected: Record<Verdict, { readonly write: string; readonly read: string; readonly again: boolean | null }> = {
  refused: { write: 'give_up', read: 'give_up', again: null },
  later: { write: 'give_up', read: 'give_up', again: true },
  slower: { write: 'give_up', read: 'give_up', again: true },
  renew: { write: 'retry', read: 'retry', again: null },
  clock: { write: 'retry', read: 'retry', again: null },
  open: { write: 'reconcile', read: 'retry', again: true },
};

function decisionFor(
  { provider, status, service, message = 'words' }: CodesOfAPage,
  code: string,
  effect: 'read' | 'write',
) {
  const operation = effect === 'write' ? 'Create' : 'Describe';
  const request: VendorRequest = {
    operation,
    service: service ?? providers.of(provider).restoreService,
    effect,
    method: 'POST',
    path: '/',
    query: [],
    headers: {},
    body: {},
  };
  const body = JSON.stringify(bodies[provider](code, message));
  const reply: VendorReply = {
    httpStatus: status,
    headers: { 'content-type': 'application/json' },
    body,
    receivedAt: 0,
  };
  const failure = providers.of(provider).failureOf(request, reply);
  if (failure === null) throw new Error(`${code} is taken for a success`);
  const first = { count: 1, refreshed: false, resigned: false };
  return { failure, decision: decideRetry(effect, failure, first, fullBudget, 60_000) };
}

describe.each(codesOfPages)('$provider, $page: $verdict ($status)', (page) => {
  const { provider, verdict } = page;
  it.each(page.codes.split(' '))('%s', (code) => {
    expect(inTable[provider](code), 'no table knows it').toBe(true);
    const { write, read, again } = expected[verdict];
    const changing = decisionFor(page, code, 'write');
    expect(changing.decision.do, changing.failure.kind).toBe(write);
    // A read stops when its answer is too large.
    const reading = decisionFor(page, code, 'read');
    if (reading.failure.kind !== 'malformed') expect(reading.decision.do, reading.failure.kind).toBe(read);
    if (again !== null) expect(changing.failure.retryable).toBe(again);
    expect(failureKinds[changing.failure.kind].outcomeUnknown).toBe(verdict === 'open');
    expect(changing.failure.detail).not.toBe('');
  });
});
