import { describe, expect, it } from 'vitest';
import { outcomeOf } from '../../src/webhooks/schedule.ts';

const at = 1_000_000;
const answer = (status: number, retryAfterMs: number | null = null) => ({ status, retryAfterMs });

describe('the outcome of a delivery attempt', () => {
  it.each([200, 201, 202, 204, 299])('%i counts as received', (status) => {
    expect(outcomeOf(answer(status), 3, at, 0.5)).toEqual({ state: 'delivered', at, status, error: null, dueAt: null });
  });

  it.each([301, 307, 400, 401, 404, 408, 429, 500, 503])('%i is retried', (status) => {
    expect(outcomeOf(answer(status), 0, at, 0.5)).toEqual({
      state: 'pending',
      at,
      status,
      error: `the receiver answered ${status}`,
      dueAt: at + 5000,
    });
  });

  it('410 ends the deliveries', () => {
    expect(outcomeOf(answer(410), 0, at, 0.5)).toMatchObject({ state: 'failed', dueAt: null });
  });

  it('no answer is retried with growing pauses for two to three days and then given up', () => {
    let now = at;
    const waits: number[] = [];
    for (let attempts = 0; ; attempts++) {
      const { state, dueAt } = outcomeOf({ status: null, error: 'no answer in time' }, attempts, now, 0.5);
      if (dueAt === null) {
        expect(state).toBe('failed');
        break;
      }
      waits.push(dueAt - now);
      now = dueAt;
    }
    expect(waits).toHaveLength(11);
    expect(waits).toEqual(waits.toSorted((one, other) => one - other));
    const hours = (now - at) / 3_600_000;
    expect(hours).toBeGreaterThan(48);
    expect(hours).toBeLessThan(72);
  });

  it('Retry-After is honoured up to six hours and never shortens a pause', () => {
    const due = (wish: number) => (outcomeOf(answer(429, wish), 0, at, 0.5).dueAt ?? 0) - at;
    expect(due(60_000)).toBe(60_000);
    expect(due(1000)).toBe(5000);
    expect(due(10 * 24 * 3_600_000)).toBe(6 * 3_600_000);
  });

  it('deliveries that failed together are spread apart', () => {
    const due = (random: number) => (outcomeOf(answer(500), 5, at, random).dueAt ?? 0) - at;
    expect(due(0)).toBe(30 * 60_000);
    expect(due(1)).toBe(90 * 60_000);
  });
});
