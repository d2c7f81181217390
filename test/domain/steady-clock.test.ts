import { describe, expect, it } from 'vitest';
import { type ClockStep, steadyClock } from '../../src/domain/steady-clock.ts';

const minute = 60_000;

function laboratory() {
  const time = { wall: 1_000_000, mono: 0 };
  const steps: ClockStep[] = [];
  const runtime = { now: () => time.wall, monotonic: () => time.mono };
  const clock = steadyClock(runtime, { patienceMs: 30_000, onStep: (step) => steps.push(step) });
  const pass = (ms: number) => {
    time.wall += ms;
    time.mono += ms;
  };
  return { clock, steps, time, pass };
}

describe('a clock that is told of no steps', () => {
  it('is the wall clock', () => {
    const { clock, steps, time, pass } = laboratory();
    for (let turn = 0; turn < 100; turn++) {
      pass(997);
      time.wall += turn % 2 === 0 ? 3 : -3;
      expect(Math.abs(clock.now() - time.wall)).toBeLessThanOrEqual(3);
    }
    expect(steps).toEqual([]);
  });

  it('goes on when the wall clock steps back, and has met it again after twice that time', () => {
    const { clock, steps, time, pass } = laboratory();
    const before = clock.now();
    time.wall -= 4 * minute;
    expect(clock.now()).toBe(before);
    let last = before;
    for (let second = 0; second < 8 * 60; second++) {
      pass(1000);
      const now = clock.now();
      expect(now - last).toBeGreaterThanOrEqual(500);
      last = now;
    }
    expect(clock.now()).toBe(time.wall);
    expect(steps).toEqual([{ direction: 'back', ms: 4 * minute }]);
  });

  it('follows a step forward, but not with what has to wait', () => {
    const { clock, steps, time, pass } = laboratory();
    const sentAt = clock.now();
    time.wall += 60 * minute;
    expect(clock.now()).toBe(time.wall);
    expect(clock.patientNow()).toBe(sentAt);
    pass(29_000);
    expect(clock.patientNow() - sentAt).toBe(29_000);
    pass(1001);
    expect(clock.patientNow()).toBe(time.wall);
    expect(steps).toEqual([{ direction: 'forward', ms: 60 * minute }]);
  });

  it('may be asked for the time by whoever is told of a step', () => {
    const time = { wall: 0, mono: 0 };
    const told: number[] = [];
    const clock = steadyClock(
      { now: () => time.wall, monotonic: () => time.mono },
      { patienceMs: 0, onStep: () => told.push(clock.now()) },
    );
    time.wall = minute;
    clock.now();
    expect(told).toEqual([minute]);
  });
});
