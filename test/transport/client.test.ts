import { describe, expect, it } from 'vitest';
import { type Dialogue, type FailureKind, VendorError } from '../../src/domain/vendor.ts';
import { createVendorClient } from '../../src/transport/client.ts';
import {
  account,
  clientOver,
  failure,
  fakeProvider,
  key,
  kindOf,
  noon,
  only,
  refused,
  reply,
  request,
  scripted,
  socketError,
  VirtualTime,
} from './fixtures.ts';

const kinds: Readonly<Record<FailureKind, { readonly write: number; readonly read: number }>> = {
  rejected: { write: 1, read: 1 },
  busy: { write: 1, read: 1 },
  throttled: { write: 1, read: 1 },
  unauthenticated: { write: 1, read: 1 },
  session_expired: { write: 2, read: 2 },
  clock_skew: { write: 2, read: 2 },
  not_found: { write: 1, read: 1 },
  not_sent: { write: 1, read: 3 },
  replayed: { write: 1, read: 3 },
  timeout: { write: 1, read: 3 },
  unavailable: { write: 1, read: 3 },
  malformed: { write: 1, read: 1 },
};

describe('the attempts of a request that the vendor always answers', () => {
  const table = Object.entries(kinds).flatMap(([kind, times]) =>
    (['write', 'read'] as const).map((effect) => ({ kind: kind as FailureKind, effect, times: times[effect] })),
  );
  it.each(table)('$kind: a $effect is sent $times times', async ({ kind, effect, times }) => {
    const script = scripted(failure(kind));
    const { client, reports, signed } = clientOver(script);
    // Credentials that have ended, and fresh ones too, are refused credentials.
    const told = kind === 'session_expired' ? 'unauthenticated' : kind;
    expect(await kindOf(client.execute(account, 'r', request(effect)))).toBe(told);
    expect(script.sent).toHaveLength(times);
    expect(reports.map((each) => each.outcome)).toEqual(Array(times).fill(kind));
    expect(new Set(signed.map((context) => context.nonce)).size).toBe(times);
  });

  it.each([
    ['a reset connection', socketError('ECONNRESET', 'read')],
    ['a closed socket', socketError('UND_ERR_SOCKET')],
    ['no headers in time', socketError('UND_ERR_HEADERS_TIMEOUT')],
    ['an abort by the deadline', new DOMException('timeout', 'TimeoutError')],
    ['an error of no known kind', new Error('what')],
  ])('a request is never sent again after %s', async (_name, error) => {
    const script = scripted(error, reply());
    const { client } = clientOver(script);
    expect(await kindOf(client.execute(account, 'r', request('write')))).toBe('timeout');
    expect(script.sent).toHaveLength(1);
  });

  it('a write that expired once and then timed out is sent twice, not three times', async () => {
    for (const first of ['session_expired', 'clock_skew'] as const) {
      const script = scripted(failure(first), failure('timeout'), reply());
      const { client } = clientOver(script);
      expect(await kindOf(client.execute(account, 'r', request('write')))).toBe('timeout');
      expect(script.sent).toHaveLength(2);
    }
  });

  it('a write is resent once with a fresh session and once with a new signature, in either order', async () => {
    const script = scripted(failure('session_expired'), failure('clock_skew'), failure('session_expired'), reply());
    const { client } = clientOver(script);
    expect(await kindOf(client.execute(account, 'r', request('write')))).toBe('unauthenticated');
    expect(script.sent).toHaveLength(3);
  });

  it('a read that is answered at the second attempt succeeds', async () => {
    const script = scripted(failure('unavailable'), reply('{"a":1}'));
    const { client, time } = clientOver(script);
    expect((await client.execute(account, 'r', request('read'))).body).toBe('{"a":1}');
    expect(time.slept.filter((ms) => ms > 0)).toHaveLength(1);
  });

  it('a read waits as long as the vendor says before the next attempt', async () => {
    const script = scripted(failure('unavailable', { retryAfterMs: 4000 }), reply());
    const { client, time } = clientOver(script);
    await client.execute(account, 'r', request('read'));
    expect(time.slept).toContain(4000);
  });
});

describe('calls with a bounded wait', () => {
  it('exclude a read whose vendor asks for a longer pause than the caller waits', async () => {
    const script = scripted(failure('unavailable', { retryAfterMs: 3_600_000 }), reply());
    const { client, time } = clientOver(script);
    expect(await kindOf(client.execute(account, 'r', request('read')))).toBe('unavailable');
    expect(script.sent).toHaveLength(1);
    expect(time.slept.filter((ms) => ms > 5000)).toEqual([]);
  });

  it('end with the process, and nothing more is sent', async () => {
    const script = scripted(reply());
    const { client } = clientOver(script);
    client.drain();
    expect(await kindOf(client.execute(account, 'r', request('write')))).toBe('not_sent');
    expect(client.admit(account, 'r', 'Create')).toMatchObject({ open: false });
    expect(script.sent).toEqual([]);
  });
});

describe("the vendor's clock", () => {
  const at = (offsetMs: number) => ({ date: new Date(noon + offsetMs).toUTCString() });

  it('is learnt from a reply and used for the next signature', async () => {
    const skewed = { ...reply(JSON.stringify({ failure: failure('clock_skew') })), headers: at(600_000) };
    const script = scripted(skewed, reply());
    const { client, signed } = clientOver(script);
    await client.execute(account, 'r', request('write'));
    expect(client.clockOffset(account)).toBeGreaterThan(599_000);
    expect(client.clockOffset(account)).toBeLessThan(601_000);
    expect(signed.map((context) => context.now)).toEqual([noon, noon + client.clockOffset(account)]);
  });

  it('is reported when it is learnt and when it changes', async () => {
    const told: number[] = [];
    const provider = fakeProvider();
    const answers = [0, 400, 90_000, 90_500, 200].map((offset) => ({ ...reply(), headers: at(offset) }));
    const { exchange } = scripted(...answers);
    const client = createVendorClient({
      providers: only(provider),
      exchangeOf: () => exchange,
      runtime: new VirtualTime(),
      credentialsOf: async () => key(),
      reportClock: ({ offsetMs }) => told.push(Math.round(offsetMs / 1000)),
    });
    for (const _ of answers) await client.execute(account, 'r', request('read'));
    expect(told).toEqual([0, 91, 0]);
  });

  it.each([
    ['is not learnt from a header that is no date', { date: 'yesterday' }],
    ['is not learnt from an answer without a date', {}],
    ['is unchanged by an offset within the resolution of the header', at(1000)],
    ['is not accepted when it is off by years', { date: '275760-09-13T00:00:00.000Z' }],
    ['is not accepted when it is more than a day behind', at(-86_460_000)],
  ])('%s', async (_name, headers) => {
    const { client } = clientOver(scripted({ ...reply(), headers }));
    await client.execute(account, 'r', request('read'));
    expect(client.clockOffset(account)).toBe(0);
  });
});

describe('a call that cannot be signed', () => {
  it.each([
    ['an exception of the signer', new RangeError('Invalid time value'), 'not_sent', /Invalid time value/],
    [
      'an answer of the signer that leaves the outcome open',
      new VendorError(failure('malformed')),
      'not_sent',
      /malformed/,
    ],
    ['a fault that the signer finds in the credentials', refused(), 'unauthenticated', /unauthenticated/],
  ] as const)('counts as not sent: %s', async (_name, error, kind, detail) => {
    const script = scripted(reply());
    const provider = fakeProvider();
    const client = createVendorClient({
      providers: only({
        ...provider,
        sign: () => {
          throw error;
        },
      }),
      exchangeOf: () => script.exchange,
      runtime: new VirtualTime(),
      credentialsOf: async () => key(),
    });
    const outcome = await client.execute(account, 'r', request('write')).catch((thrown: unknown) => thrown);
    expect(outcome).toBeInstanceOf(VendorError);
    expect((outcome as VendorError).failure).toMatchObject({ kind, detail: expect.stringMatching(detail) });
    expect(script.sent).toEqual([]);
  });
});

describe('a dialogue', () => {
  it('receives a call’s failure as an exception and may continue', async () => {
    function* dialogue(): Dialogue<string> {
      try {
        yield request('read');
        return 'answered';
      } catch (error) {
        return error instanceof VendorError ? error.failure.kind : 'other';
      }
    }
    const { client } = clientOver(scripted(failure('not_found')));
    expect(await client.converse(account, 'r', dialogue())).toBe('not_found');
  });
});

describe('the report of a vendor call', () => {
  it('contains neither an address nor a secret', async () => {
    const { client, reports } = clientOver(scripted(failure('rejected')), {
      credentials: async () => key('canary-secret'),
    });
    await kindOf(client.execute(account, 'r', request('write')));
    expect(reports).toHaveLength(1);
    expect(JSON.stringify(reports)).not.toMatch(/canary|127\.0\.0\.1/);
  });
});
