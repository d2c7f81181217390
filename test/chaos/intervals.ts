/** The engine's intervals in a storm: short, so that hours of waiting fit into minutes, and in the same proportions. */
export const engineIntervals = { pollMinMs: 50, pollMaxMs: 400, callTimeoutMs: 1000, leaseMs: 2000, settleMs: 500 };
export type EngineIntervals = typeof engineIntervals;

/** How long a restore takes at the clouds, in milliseconds. */
export const restoreMs = 300;
