/** The engine's intervals in a storm: short, so that hours of waiting fit into minutes, and in the same proportions. */
export const engineIntervals = { pollMinMs: 50, pollMaxMs: 400, callTimeoutMs: 1000, leaseMs: 2000, settleMs: 500 };
export type EngineIntervals = typeof engineIntervals;

/** In a storm errors of the vendor's own come one after the other, and none of them lasts: nothing is given up because of them. */
export const patience = { resendTries: 100, busyMs: 3_600_000, stallMs: 3_600_000 };

/** The intervals on a machine that is `pace` times slower than a quiet one. */
export function stretched(pace: number): EngineIntervals {
  const { pollMinMs, pollMaxMs, callTimeoutMs, leaseMs, settleMs } = engineIntervals;
  const by = (ms: number) => Math.round(ms * pace);
  return {
    pollMinMs: by(pollMinMs),
    pollMaxMs: by(pollMaxMs),
    callTimeoutMs: by(callTimeoutMs),
    leaseMs: by(leaseMs),
    settleMs: by(settleMs),
  };
}

/** The intervals of a production gateway, for counting creations. */
export const productionIntervals: EngineIntervals = {
  pollMinMs: 5000,
  pollMaxMs: 60_000,
  callTimeoutMs: 10_000,
  leaseMs: 30_000,
  settleMs: 30_000,
};

/** How long a restore takes at the clouds, in milliseconds. */
export const restoreMs = 300;
