import { setTimeout as sleep } from 'node:timers/promises';
import { multiplyKey } from '../filled-store.ts';
import { creation } from '../gateway.ts';
import { load, type Row } from '../measure.ts';
import type { Stage } from '../stage.ts';

const keys = 100_000;
/** Longer than keys are kept. */
const ageMs = 72 * 3_600_000;
const pauseMs = 250;
const patienceMs = 60_000;

interface Seen {
  readonly statements: number;
  /** The longest turn of the event loop: time, and CPU time of its thread, which neighbours do not change. */
  readonly ms: number;
  readonly cpuMs: number;
}

/** The longest turn of the event loop while a process deletes expired idempotency keys. */
export async function housekeeping(stage: Stage): Promise<readonly Row[]> {
  const url = await stage.storeUrl('SQLite');
  const first = await stage.own('filling', url);
  await load([first.url], 1, 201, () => creation('alibaba'), 1);
  await first.stop();
  await multiplyKey(url, keys, Date.now() - ageMs);
  const gateway = await stage.own('housekeeping', url, { watching: 'delete from "idempotency_keys"' });
  try {
    const before = gateway.cpuMs();
    const until = performance.now() + patienceMs;
    let seen: Seen = { statements: 0, ms: 0, cpuMs: 0 };
    for (let last = -1; seen.statements > last && performance.now() < until; ) {
      last = seen.statements;
      await sleep(pauseMs);
      seen = (await gateway.ask('delay')) as Seen;
    }
    const name = (what: string) => `${keys.toLocaleString('en')} expired keys deleted, ${what}, SQLite`;
    const note = `${seen.statements} portions; time ${seen.ms.toFixed(0)} ms`;
    return [
      {
        name: name('CPU time of the longest turn'),
        unit: 'ms',
        godwit: seen.cpuMs,
        against: null,
        note,
        target: '≤ 50 ms',
      },
      { name: name('CPU time'), unit: 'ms', godwit: gateway.cpuMs() - before, against: null, target: null },
    ];
  } finally {
    await gateway.stop();
  }
}
