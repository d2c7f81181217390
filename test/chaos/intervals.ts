/** The engine's intervals in a storm: short, in the proportions of production, so that hours fit into minutes. */
export const engineIntervals = { pollMinMs: 50, pollMaxMs: 400, callTimeoutMs: 1000, leaseMs: 2000, settleMs: 500 };
export type EngineIntervals = typeof engineIntervals;

/** In a storm vendor errors follow each other and none lasts, so no call is given up because of them. */
export const patience = { resendTries: 100, busyMs: 3_600_000, stallMs: 3_600_000 };

/** The intervals for a machine that is `pace` times slower than a quiet one. */
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

/** Time of a restore at the clouds, in milliseconds. */
export const restoreMs = 300;
