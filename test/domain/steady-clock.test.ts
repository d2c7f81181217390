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

describe('the steady clock', () => {
  it('equals the wall clock when nothing steps', () => {
    const { clock, steps, time, pass } = laboratory();
    for (let turn = 0; turn < 100; turn++) {
      pass(997);
      time.wall += turn % 2 === 0 ? 3 : -3;
      expect(Math.abs(clock.now() - time.wall)).toBeLessThanOrEqual(3);
    }
    expect(steps).toEqual([]);
  });

  it('keeps running when the wall clock steps back, and rejoins it after twice the step', () => {
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

  it('follows a forward step at once but lets waiting work wait its full time', () => {
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

  it('can be read from inside its own step listener', () => {
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
