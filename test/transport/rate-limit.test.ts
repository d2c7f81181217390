import { describe, expect, it } from 'vitest';
import { RateLimit } from '../../src/transport/rate-limit.ts';

/** A clock that moves by hand; sleepers wake when their time has come, the earliest first. */
function handClock() {
  let now = 0;
  const sleepers: { at: number; wake(): void }[] = [];
  return {
    now: () => now,
    sleep: (ms: number) => new Promise<void>((wake) => void sleepers.push({ at: now + ms, wake })),
    async passTo(time: number) {
      sleepers.sort((one, other) => one.at - other.at);
      while (sleepers[0] !== undefined && sleepers[0].at <= time) {
        const next = sleepers.shift();
        now = next?.at ?? now;
        next?.wake();
        await Promise.resolve();
        await Promise.resolve();
      }
      now = time;
    },
  };
}

describe('a rate limit', () => {
  it('lets one second’s worth through at once, then the rate, in the order of asking', async () => {
    const clock = handClock();
    const limit = new RateLimit(5, clock);
    const through: { readonly caller: number; readonly at: number }[] = [];
    for (let caller = 0; caller < 20; caller++) void limit.take().then(() => through.push({ caller, at: clock.now() }));
    await clock.passTo(0);
    expect(through.map((each) => each.caller)).toEqual([0, 1, 2, 3, 4]);
    await clock.passTo(10_000);
    expect(through.map((each) => each.caller)).toEqual(Array.from({ length: 20 }, (_, index) => index));
    expect(through.slice(5).map((each) => Math.round(each.at))).toEqual(
      Array.from({ length: 15 }, (_, index) => (index + 1) * 200),
    );
  });

  it.each([0.5, 1, 3, 20])('of %d per second is never exceeded in any second after the first', async (rate) => {
    const clock = handClock();
    const limit = new RateLimit(rate, clock);
    const times: number[] = [];
    for (let caller = 0; caller < 60; caller++) void limit.take().then(() => times.push(clock.now()));
    await clock.passTo(1_000_000);
    expect(times).toHaveLength(60);
    const most = Math.max(
      ...times.map((from) => times.filter((time) => time > from + 0.001 && time <= from + 1000).length),
    );
    expect(most).toBeLessThanOrEqual(Math.ceil(rate));
  });

  it('gathers no more than a second’s worth while nobody asks', async () => {
    const clock = handClock();
    const limit = new RateLimit(5, clock);
    await limit.take();
    await clock.passTo(3_600_000);
    let through = 0;
    for (let caller = 0; caller < 50; caller++) void limit.take().then(() => through++);
    await clock.passTo(3_600_000);
    expect(through).toBe(5);
  });

  it('stands still for as long as the vendor asks', async () => {
    const clock = handClock();
    const limit = new RateLimit(5, clock);
    limit.pause(4000);
    let at = -1;
    void limit.take().then(() => {
      at = clock.now();
    });
    await clock.passTo(3999);
    expect(at).toBe(-1);
    await clock.passTo(4000);
    expect(at).toBe(4000);
  });
});
