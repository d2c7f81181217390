import { afterEach, describe, expect, it } from 'vitest';
import { isTerminal } from '../../src/domain/lifecycle.ts';
import { Problem } from '../../src/domain/problem.ts';
import type { MigrationRequest } from '../../src/domain/request-schema.ts';
import { maxBreakMs } from '../../src/transport/breaker.ts';
import { caller, Fleet, type FleetOptions } from '../support/fleet.ts';
import { requestFor } from '../support/simulation.ts';

const limits: FleetOptions['limits'] = {
  alibaba: { readsPerSecond: 5, writesPerSecond: 2 },
  huawei: { readsPerSecond: 5, writesPerSecond: 1 },
  tencent: { readsPerSecond: 20, writesPerSecond: 20 },
};

/** Minutes of virtual time take thousands of turns of the event loop. */
const patient = { timeout: 60_000 };

let fleet: Fleet;
afterEach(() => fleet.stop());

/** A restore to an instance that no other restore uses. */
function numbered(number: number): MigrationRequest {
  const request = requestFor('alibaba');
  return { ...request, target: { ...request.target, instanceId: `rm-${String(number).padStart(16, '0')}` } };
}

async function untilAccepted(id: string): Promise<number> {
  const began = fleet.time.now();
  for (;;) {
    const migration = await fleet.store.get(id);
    if (migration?.startedAt) return migration.startedAt - began;
    if (migration !== null && isTerminal(migration)) throw new Error(JSON.stringify(migration.error));
    await fleet.time.pass(100);
  }
}

/** A cloud that accepts connections and never answers. */
function silence(operations = /./): void {
  fleet.interfere = (provider, operation) =>
    provider === 'alibaba' && operations.test(operation)
      ? fleet.time.sleep(10_000).then(() => {
          throw Object.assign(new Error('silent'), { code: 'UND_ERR_HEADERS_TIMEOUT' });
        })
      : null;
}

describe('an account with a long queue', patient, () => {
  it('delays no other account and sends its own calls in order at its rate', async () => {
    fleet = await Fleet.start({ limits });
    const ids: string[] = [];
    for (let number = 0; number < 80; number++) ids.push(await fleet.submit(numbered(number)));
    const other = await fleet.submit(requestFor('tencent'));
    expect(await untilAccepted(other)).toBeLessThan(3000);

    const last = ids.at(-1) ?? '';
    await untilAccepted(last);
    const started = await Promise.all(ids.map(async (id) => (await fleet.store.get(id))?.startedAt ?? 0));
    expect(started).toEqual([...started].sort((one, next) => one - next));
    const sent = fleet.calls('alibaba', /^CreateMigrateTask$/).map(({ at }) => at);
    expect(sent).toHaveLength(80);
    for (const from of sent) expect(sent.filter((at) => at >= from && at < from + 1000).length).toBeLessThanOrEqual(4);
    // 2 at once and then 2 per second: the limit allows 39 s at best.
    expect((sent.at(-1) ?? 0) - (sent[0] ?? 0)).toBeLessThan(46_000);
  });

  it('holds no leases and no capacity while it waits for its turn', async () => {
    fleet = await Fleet.start({ limits });
    for (let number = 0; number < 60; number++) await fleet.submit(numbered(number));
    await fleet.time.pass(1000);
    const waiting = await fleet.store.claim({ owner: 'another', now: fleet.time.now(), leaseMs: 1 }, 100);
    expect(waiting.length).toBeGreaterThan(50);
  });
});

describe('a cloud that does not answer', patient, () => {
  it('delays no other account, is probed once per interval and reported; all work resumes when it is back', async () => {
    fleet = await Fleet.start({
      limits: { ...limits, alibaba: { readsPerSecond: 1000, writesPerSecond: 1000 } },
      restoreMs: 36_000_000,
    });
    for (let number = 0; number < 80; number++) await fleet.submit(numbered(number));
    await fleet.time.pass(20_000);
    silence(/^Describe/);
    await fleet.time.pass(120_000);
    const stateOf = (name: string) => fleet.client.circuits().find(({ account }) => account === name)?.state;
    expect([stateOf('ali'), stateOf('tc')]).toEqual(['open', 'closed']);
    const other = await fleet.submit(requestFor('tencent'));
    expect(await untilAccepted(other)).toBeLessThan(3000);
    const own = await fleet.submit(numbered(999));
    const began = fleet.time.now();
    await fleet.time.pass(480_000);
    // Two calls per minute at most: the probe, and one that was under way.
    expect(fleet.calls('alibaba', /./).filter(({ at }) => at > began).length).toBeLessThanOrEqual(16);
    expect((await fleet.store.get(own))?.blocking).toMatchObject([{ code: 'provider_unavailable' }]);
    silence(/^$/);
    expect(await untilAccepted(own)).toBeLessThan(maxBreakMs + 10_000);
    await fleet.time.pass(maxBreakMs + 10_000);
    const { items } = { items: await fleet.store.list({ account: 'ali' }, { size: 200, order: 'newest_first' }) };
    expect(Math.min(...items.map(({ observedAt }) => observedAt ?? 0))).toBeGreaterThan(
      fleet.time.now() - 2 * maxBreakMs,
    );
    expect(items.filter(({ blocking }) => blocking.length > 0)).toEqual([]);
  });

  it('does not delay the process’s exit', async () => {
    fleet = await Fleet.start({ limits });
    for (let number = 0; number < 30; number++) await fleet.submit(numbered(number));
    silence();
    await fleet.time.pass(5000);
    expect(await fleet.stop()).toBeLessThanOrEqual(10_100);
    fleet = await Fleet.start({ limits });
  });
});

describe('a caller who sends many reads', patient, () => {
  it('gets 503 instead of a late answer and delays no submission or observation', async () => {
    fleet = await Fleet.start({ limits });
    const running = await fleet.submit(numbered(0));
    await untilAccepted(running);
    const answers: Promise<unknown>[] = [];
    const asked = fleet.time.now();
    for (let second = 0; second < 40; second++) {
      for (let number = 0; number < 60; number++)
        answers.push(fleet.service.dryRun(numbered(number), true, caller).catch((error: unknown) => error));
      if (second === 5) expect(await untilAccepted(await fleet.submit(numbered(1)))).toBeLessThan(3000);
      await fleet.time.pass(1000);
    }
    expect((await fleet.store.get(running))?.observedAt).toBeGreaterThan(fleet.time.now() - 20_000);
    const last = fleet.time.now();
    const problems = (await fleet.time.until(Promise.all(answers))).filter((each) => each instanceof Problem);
    expect(fleet.time.now() - last).toBeLessThan(6000);
    expect(problems.length).toBeGreaterThan(2000);
    expect(new Set(problems.map(({ code }) => code))).toEqual(new Set(['provider_throttled']));
    expect(problems[0]?.extras.retryAfterSeconds).toBeGreaterThanOrEqual(1);
    const reads = fleet.calls('alibaba', /^Describe/).filter(({ at }) => at >= asked);
    expect(reads.length).toBeLessThanOrEqual(5 * 46 + 5);
  });
});

describe('a vendor that sends a very long Retry-After', patient, () => {
  it('is paused for minutes at most, and new migrations show until when', async () => {
    fleet = await Fleet.start({ limits });
    fleet.interfere = (provider, operation) =>
      provider === 'alibaba' && operation === 'CreateMigrateTask'
        ? Promise.resolve({
            httpStatus: 503,
            headers: { 'retry-after': '3600' },
            body: JSON.stringify({ Code: 'Throttling.User', Message: 'slow down', RequestId: 'R' }),
            receivedAt: fleet.time.now(),
          })
        : null;
    await fleet.submit(numbered(0));
    await fleet.time.pass(1000);
    fleet.interfere = () => null;
    const later = await fleet.submit(numbered(1));
    await fleet.time.pass(1000);
    const told = await fleet.store.get(later);
    expect(told?.blocking).toMatchObject([
      { code: 'provider_throttled', detail: expect.stringContaining(new Date(told?.dueAt ?? 0).toISOString()) },
    ]);
    expect(told?.stateReason).toBe('provider_throttled');
    expect(await untilAccepted(later)).toBeLessThan(2 * 60_000 + 2000);
    expect((await fleet.store.get(later))?.blocking).toEqual([]);
  });
});
