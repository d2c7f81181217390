import { systemRuntime } from '../../src/runtime.ts';
import type { Choices } from './random.ts';
import type { Replica } from './replica.ts';

/** Deaths and pauses of the processes. */
export interface Trouble {
  readonly kills: number;
  readonly pauses: number;
  /** Starts with the strange configuration. */
  readonly strangeStarts: number;
  /** Ends the trouble. Every process runs afterwards. */
  stop(): Promise<void>;
}

/** One trouble in this many is a pause that outlasts a lease. */
const pauseShare = 1 / 12;
/** One start in this many uses a configuration whose account names belong to another cloud. */
const strangeShare = 1 / 8;
/** A process is killed after this time even if it is still starting. In milliseconds. */
const maxStartMs = 8000;

/**
 * Kills a process at random points, also while it starts, and restarts it. Now and then it suspends one for longer than
 * its lease. The troubles of several processes overlap.
 */
export function startTrouble(
  replicas: readonly Replica[],
  random: Choices,
  meanKillMs: number,
  leaseMs: number,
): Trouble {
  const stopped = new AbortController();
  const counts = { kills: 0, pauses: 0, strangeStarts: 0 };

  async function trouble(replica: Replica, own: Choices): Promise<void> {
    let startMs = 0;
    while (!stopped.signal.aborted) {
      // On a machine with slow starts processes live longer too. Otherwise they would never die at work.
      const mean = Math.max(meanKillMs * replicas.length, startMs / 2);
      await systemRuntime.sleep(own.between(Math.floor(mean / 10), Math.floor((mean * 19) / 10)), stopped.signal);
      if (stopped.signal.aborted) return;
      if (own.chance(pauseShare)) {
        await replica.pause(leaseMs + own.between(200, 1500));
        counts.pauses++;
        continue;
      }
      if (await replica.kill()) counts.kills++;
      const began = systemRuntime.now();
      const strange = own.chance(strangeShare);
      if (strange) counts.strangeStarts++;
      const started = replica.start(strange);
      // Some die again before they are up.
      if (!own.chance(0.2)) await Promise.race([started, systemRuntime.sleep(maxStartMs)]);
      startMs = systemRuntime.now() - began;
    }
  }

  const troubles = replicas.map((replica) => trouble(replica, random.fork()));
  return {
    get kills() {
      return counts.kills;
    },
    get pauses() {
      return counts.pauses;
    },
    get strangeStarts() {
      return counts.strangeStarts;
    },
    async stop() {
      stopped.abort();
      await Promise.all(troubles);
      await Promise.all(replicas.filter(({ strange }) => strange).map((replica) => replica.kill()));
      await Promise.all(replicas.filter(({ running }) => !running).map((replica) => replica.start()));
    },
  };
}
