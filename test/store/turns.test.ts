import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Turns } from '../../src/store/sqlite/turns.ts';

describe('jobs that occupy the process', () => {
  it('give other work a turn, even if they are queued fast', async () => {
    let now = 0;
    const turns = new Turns(() => now);
    let others = 0;
    let going = true;
    const rest = (async () => {
      while (going) {
        await setImmediate();
        others += 1;
      }
    })();
    // Awaits only jobs, as a loop over a store does.
    const greedy = async () => {
      for (let turn = 0; turn < 50; turn++)
        await turns.run(async () => {
          now += 3;
        });
    };
    await Promise.all([greedy(), greedy(), greedy(), greedy()]);
    going = false;
    await rest;
    // 600 ms of work in turns of 5 ms, each extended by one job.
    expect(others).toBeGreaterThanOrEqual(95);
  });

  it('run in arrival order, and a failing one stops no other', async () => {
    const turns = new Turns(() => 0);
    const order: number[] = [];
    const results = await Promise.allSettled(
      [1, 2, 3].map((number) =>
        turns.run(async () => {
          order.push(number);
          if (number === 2) throw new Error('fails');
          return number;
        }),
      ),
    );
    expect(order).toEqual([1, 2, 3]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });
});
