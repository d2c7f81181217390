import { describe, expect, it } from 'vitest';
import { type Share, wholeShare } from '../../src/domain/call-budget.ts';
import { limitPerSecond } from '../../src/domain/call-limits.ts';
import type { CallPriority } from '../../src/domain/vendor.ts';
import { CallGate, maxPauseMs, type WantedCall } from '../../src/transport/call-gate.ts';
import { VirtualTime } from '../support/virtual-time.ts';

const many = { submission: 1000, caller: 1000, observation: 1000 };

function gateOf(
  perSecond: number,
  maxConcurrent: Readonly<Record<CallPriority, number>> = many,
  ofOperation = perSecond,
) {
  const time = new VirtualTime(0);
  let share: Share | null = wholeShare;
  const gate = new CallGate({ limit: () => limitPerSecond(perSecond), maxConcurrent, share: () => share }, time);
  const through: { readonly name: string; readonly at: number }[] = [];
  const call = (priority: CallPriority, budget = 'Operation'): WantedCall => ({
    priority,
    budget,
    limit: limitPerSecond(ofOperation),
  });
  const ask = (name: string, priority: CallPriority, maxWaitMs?: number, budget?: string): void => {
    void gate.take(call(priority, budget), maxWaitMs).then((permit) => {
      through.push({ name: permit === null ? `${name} refused` : name, at: time.now() });
    });
  };
  return {
    time,
    gate,
    through,
    ask,
    call,
    names: () => through.map(({ name }) => name),
    setShare: (next: Share | null): void => {
      share = next;
    },
  };
}

describe('a call gate', () => {
  it('admits one period’s calls at once and then as many per period, in arrival order', async () => {
    const { time, through, ask, names } = gateOf(5);
    for (let number = 0; number < 20; number++) ask(String(number), 'submission');
    await time.pass(0);
    expect(names()).toEqual(['0', '1', '2', '3', '4']);
    await time.pass(10_000);
    expect(names()).toEqual(Array.from({ length: 20 }, (_, index) => String(index)));
    expect(through.slice(5).map(({ at }) => at)).toEqual(
      Array.from({ length: 15 }, (_, index) => Math.floor(index / 5 + 1) * 1100),
    );
  });

  it.each([0.5, 1, 3, 20])('of %d per second never exceeds its limit in any second', async (rate) => {
    const { time, through, ask } = gateOf(rate);
    for (let number = 0; number < 60; number++) ask(String(number), 'submission');
    await time.pass(200_000);
    expect(through).toHaveLength(60);
    const times = through.map(({ at }) => at);
    const most = Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + 1000).length));
    expect(most).toBeLessThanOrEqual(Math.ceil(rate));
  });

  it('serves urgent calls first, and every fifth time the longest waiting', async () => {
    const { time, ask, names } = gateOf(1);
    ask('first', 'submission');
    for (let number = 0; number < 3; number++) ask(`poll ${number}`, 'observation');
    for (let number = 0; number < 3; number++) ask(`caller ${number}`, 'caller');
    for (let number = 0; number < 3; number++) ask(`write ${number}`, 'submission');
    await time.pass(20_000);
    expect(names()).toEqual([
      'first',
      'write 0',
      'write 1',
      'write 2',
      'poll 0',
      'caller 0',
      'caller 1',
      'caller 2',
      'poll 1',
      'poll 2',
    ]);
  });

  it('rejects at once a call that would wait too long, and later one that was overtaken', async () => {
    const { time, through, ask } = gateOf(1);
    ask('first', 'caller');
    for (let number = 0; number < 5; number++) ask(String(number), 'caller', 3000);
    await time.pass(0);
    expect(through.map(({ name }) => name)).toEqual(['first', '2 refused', '3 refused', '4 refused']);
    for (let number = 0; number < 10; number++) ask(`write ${number}`, 'submission');
    await time.pass(3100);
    expect(through.filter(({ name }) => /^[01] refused/.test(name)).map(({ at }) => at)).toEqual([3001, 3001]);
  });

  it('reserves capacity for each kind of call, so that hanging calls leave room', async () => {
    const { time, gate, names, ask, call } = gateOf(100, { submission: 2, caller: 2, observation: 2 });
    const hanging = [gate.tryTake(call('observation')), gate.tryTake(call('observation'))];
    ask('poll', 'observation');
    ask('write', 'submission');
    ask('caller', 'caller');
    await time.pass(60_000);
    expect(names()).toEqual(['write', 'caller']);
    hanging[0]?.release();
    await time.pass(0);
    expect(names()).toEqual(['write', 'caller', 'poll']);
  });

  it('gives no immediate permit while an equally urgent call waits', () => {
    const { gate, ask, call } = gateOf(1);
    ask('first', 'submission');
    ask('second', 'caller');
    expect(gate.tryTake(call('observation'))).toBeNull();
    expect(gate.tryTake(call('caller'))).toBeNull();
  });

  it('takes back an unused permit', () => {
    const { gate, call } = gateOf(1);
    const permit = gate.tryTake(call('submission'));
    expect(gate.available).toBe(0);
    permit?.giveBack();
    permit?.giveBack();
    expect(gate.available).toBe(1);
    gate.tryTake(call('submission'))?.release();
    expect(gate.available).toBe(0);
  });

  it('pauses as long as the vendor asks, up to two minutes', async () => {
    const { time, gate, through, ask, call } = gateOf(5);
    gate.throttled(call('submission'), 3_600_000);
    expect(gate.pauseLeftMs()).toBe(maxPauseMs);
    expect(gate.available).toBe(0);
    expect(gate.nextTurnMs).toBe(maxPauseMs);
    ask('after', 'submission');
    await time.pass(3_600_000);
    expect(through).toEqual([{ name: 'after', at: maxPauseMs }]);
  });

  it('halves its rate after a throttled call and recovers fully within a minute', async () => {
    const { time, gate, through, ask, call } = gateOf(2);
    gate.throttled(call('submission'), 0);
    expect(gate.heldBack).toEqual([{ budget: 'Operation', speed: 0.5, pauseLeftMs: 0 }]);
    for (let number = 0; number < 200; number++) ask(String(number), 'submission');
    await time.pass(75_000);
    const within = (from: number, to: number) => through.filter(({ at }) => at >= from && at < to).length;
    expect(within(0, 10_000)).toBeLessThan(15);
    expect(within(0, 10_000)).toBeGreaterThan(7);
    expect(within(62_000, 73_000)).toBeGreaterThanOrEqual(19);
    expect(gate.heldBack).toEqual([]);
    for (let count = 0; count < 10; count++) gate.throttled(call('submission'), 0);
    const began = time.now();
    await time.pass(8000);
    expect(within(began, began + 8000)).toBeLessThan(6);
  });

  it('gives each operation its own budget below the total', async () => {
    const { time, names, ask, gate, call } = gateOf(3, many, 2);
    for (let number = 0; number < 4; number++) ask(`create ${number}`, 'submission', undefined, 'Create');
    for (let number = 0; number < 2; number++) ask(`cancel ${number}`, 'submission', undefined, 'Cancel');
    await time.pass(0);
    expect(names()).toEqual(['create 0', 'create 1', 'cancel 0']);
    await time.pass(1100);
    expect(names().slice(3)).toEqual(['create 2', 'create 3', 'cancel 1']);
    gate.throttled(call('submission', 'Create'), 60_000);
    ask('create 4', 'submission', undefined, 'Create');
    ask('cancel 2', 'observation', undefined, 'Cancel');
    await time.pass(2200);
    expect(names().slice(6)).toEqual(['cancel 2']);
    expect(gate.tryTake(call('observation', 'Cancel'))).not.toBeNull();
  });

  it('admits nothing while its share is unknown and continues with the share it gets', async () => {
    const { time, names, ask, setShare } = gateOf(4);
    setShare(null);
    for (let number = 0; number < 6; number++) ask(String(number), 'submission');
    await time.pass(10_000);
    expect(names()).toEqual([]);
    setShare({ of: 2, rank: 0, since: time.now() });
    await time.pass(2000);
    expect(names()).toEqual(['0', '1']);
  });

  it('rejects every waiting call when it closes, and every later one', async () => {
    const { time, gate, names, ask } = gateOf(1);
    ask('first', 'submission');
    ask('second', 'observation');
    gate.close();
    ask('third', 'submission');
    await time.pass(0);
    expect(names()).toEqual(['first', 'second refused', 'third refused']);
  });
});
