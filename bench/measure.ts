import { Pool } from 'undici';
import type { Measured } from './processes.ts';

/** One row of the table. In every unit a smaller value is better. */
export interface Row {
  readonly name: string;
  readonly unit: string;
  readonly godwit: number;
  /** The alternative, measured in the same run. */
  readonly against: { readonly name: string; readonly value: number } | null;
  /** A remark. */
  readonly note?: string;
  /** The target, in words: `≤ 1.5 ×` or `≤ 120 MB`. */
  readonly target: string | null;
  /** Why the row has no figures on this machine. */
  readonly absent?: string;
}

/** One measured implementation. */
export interface Contestant {
  readonly name: string;
  /** Resolves with its cost. */
  run(): Promise<number>;
}

/** The first rounds warm caches and compilers and do not count. */
const warmUps = 2;

/** Runs all contestants in turns and returns the median of each, in their order. */
export async function inTurns(contestants: readonly Contestant[], rounds = 5): Promise<readonly number[]> {
  const costs = contestants.map((): number[] => []);
  for (let round = 0; round < warmUps + rounds; round++)
    for (const [index, { run }] of contestants.entries()) {
      const cost = await run();
      if (round >= warmUps) costs[index]?.push(cost);
    }
  return costs.map(median);
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

export interface Request {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Concurrent requests. */
export const inFlight = 16;

/** Sends requests to several servers in turn with a concurrency; rejects on another response status. */
export async function load(
  urls: readonly string[],
  count: number,
  status: number,
  next: () => Request,
  atOnce = inFlight,
): Promise<void> {
  const pools = urls.map((url) => new Pool(url, { connections: atOnce }));
  let sent = 0;
  const worker = async (): Promise<void> => {
    while (sent < count) {
      const pool = pools[sent++ % pools.length];
      const request = next();
      const answer = await pool?.request(request);
      const text = await answer?.body.text();
      if (answer?.statusCode !== status)
        throw new Error(`${request.method} ${request.path}: HTTP ${answer?.statusCode} ${text}`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  await Promise.all(pools.map((pool) => pool.close()));
}

/** CPU time of one request on all servers together, in microseconds. */
export async function cpuOfRequests(
  servers: readonly Measured[],
  count: number,
  status: number,
  next: () => Request,
): Promise<number> {
  const cpu = (): number => servers.reduce((sum, server) => sum + server.cpuMs(), 0);
  const before = cpu();
  await load(
    servers.map(({ url }) => url),
    count,
    status,
    next,
  );
  return ((cpu() - before) * 1000) / count;
}
