import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  beating,
  counting,
  parting,
  type ReplicaRow,
  type Roster,
  rosterOf,
  replicaTimes as times,
} from '../../src/domain/replicas.ts';

/** One process of a run: its clock, and the member list that it last read. */
interface Process {
  readonly id: string;
  /** Its monotonic clock minus the database's, in milliseconds. */
  readonly offset: number;
  roster: Roster;
  alive: boolean;
}

type Step =
  | { readonly do: 'beat' | 'die' | 'part'; readonly who: number; readonly afterMs: number; readonly travelMs: number }
  | { readonly do: 'pass'; readonly afterMs: number; readonly who: 0; readonly travelMs: 0 };

/** Runs the steps against one table and calls `look` every tenth of a second. */
function run(steps: readonly Step[], look: (now: number, views: ReadonlyMap<string, readonly string[]>) => void): void {
  let now = 1_000_000;
  let rows: ReplicaRow[] = [];
  const processes: Process[] = [0, 1, 2, 3].map((index) => ({
    id: `p${index}`,
    offset: index * 7919,
    roster: { rows: [], until: Number.NEGATIVE_INFINITY },
    alive: true,
  }));
  const pass = (ms: number): void => {
    const end = now + ms;
    while (now < end) {
      now = Math.min(now + 100, end);
      const views = new Map<string, readonly string[]>();
      for (const { id, offset, roster, alive } of processes) {
        const processesNow = counting(roster, now + offset);
        if (alive && processesNow?.includes(id)) views.set(id, processesNow);
      }
      look(now, views);
    }
  };
  for (const step of steps) {
    pass(step.afterMs);
    const process = processes[step.who];
    if (process === undefined || step.do === 'pass') continue;
    if (step.do === 'die') process.alive = false;
    if (!process.alive) continue;
    if (step.do === 'beat') {
      const askedAt = now + process.offset;
      pass(step.travelMs);
      const own = beating(process.id, rows, now, times);
      rows = [...rows.filter(({ id, leavesAt }) => id !== process.id && leavesAt > now), own];
      process.roster = rosterOf({ rows, now }, askedAt, times);
    } else {
      const own = parting(process.id, rows, now, times);
      rows = [...rows.filter(({ id }) => id !== process.id), ...(own === null ? [] : [own])];
      process.alive = false;
    }
  }
  pass(1000);
}

/**
 * Rounds of about a second in which most processes send a heartbeat. Now and then one is silent for some rounds, dies
 * or leaves.
 */
const steps: fc.Arbitrary<Step[]> = fc
  .array(
    fc.record({
      silent: fc.integer({ min: -8, max: 3 }),
      rare: fc.integer({ min: 0, max: 60 }),
      travelMs: fc.integer({ min: 0, max: 80 }),
      gapMs: fc.integer({ min: 50, max: 400 }),
    }),
    { minLength: 20, maxLength: 60 },
  )
  .map((rounds) => {
    const cutOff = [0, 0, 0, 0];
    return rounds.flatMap(({ silent, rare, travelMs, gapMs }): Step[] => {
      if (silent >= 0) cutOff[silent] = 1 + (rare % 8);
      return cutOff.flatMap((rounds, who): Step[] => {
        cutOff[who] = Math.max(rounds - 1, 0);
        const afterMs = gapMs;
        if (rare === who) return [{ do: 'die', who, afterMs, travelMs: 0 }];
        if (rare === who + 4) return [{ do: 'part', who, afterMs, travelMs: 0 }];
        return rounds > 0 ? [{ do: 'pass', who: 0, afterMs, travelMs: 0 }] : [{ do: 'beat', who, afterMs, travelMs }];
      });
    });
  });

const beat = (who: number, afterMs = 0): Step => ({ do: 'beat', who, afterMs, travelMs: 0 });

describe('processes that share one store', () => {
  it('never use different member lists at the same time, whichever of them stops, dies, disconnects or joins', () => {
    let shared = 0;
    fc.assert(
      fc.property(steps, (steps) => {
        // Answers take up to 80 ms, so processes see a change at times that differ by as much, and changes may follow
        // each other. No call leaves for a whole period after a change.
        let differentSince: number | null = null;
        run(steps, (now, views) => {
          if (views.size > 1) shared++;
          const lists = new Set([...views.values()].map((each) => each.join()));
          differentSince = lists.size > 1 ? (differentSince ?? now) : null;
          expect(now - (differentSince ?? now)).toBeLessThan(500);
        });
      }),
      { numRuns: 150 },
    );
    expect(shared).toBeGreaterThan(1000);
  });

  it('count a new process all at the same moment: after the joining time, or earlier when there is none', () => {
    const seen: [number, string][] = [];
    const beats = Array.from({ length: 8 }, () => [beat(0, 900), beat(1, 100)]).flat();
    run([beat(0), ...beats], (now, views) => {
      for (const list of views.values()) seen.push([now, list.join()]);
    });
    const firstShared = seen.find(([, list]) => list === 'p0,p1')?.[0] ?? 0;
    expect(firstShared - 1_001_000).toBeGreaterThanOrEqual(times.joinMs);
    expect(seen.filter(([now]) => now > firstShared + 100).every(([, list]) => list === 'p0,p1')).toBe(true);
  });

  it('use no share once the store has been silent for longer than a list is valid', () => {
    const last: number[] = [];
    run([beat(0), { do: 'pass', afterMs: 10_000, who: 0, travelMs: 0 }], (now, views) => {
      if (views.size > 0) last.push(now - 1_000_000);
    });
    expect(Math.max(...last)).toBeLessThanOrEqual(times.viewMs);
  });

  it('regain the whole limit when the others have died', () => {
    const beats = Array.from({ length: 14 }, () => beat(0, 1000));
    const seen: string[] = [];
    run([beat(0), beat(1), ...beats], (_now, views) => seen.push(views.get('p0')?.join() ?? ''));
    expect(seen.at(-1)).toBe('p0');
  });
});
