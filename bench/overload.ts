import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { Pool } from 'undici';
import { multiplyMigration } from './filled-store.ts';
import { creation } from './gateway.ts';
import { load, median, type Request } from './measure.ts';
import type { Measured } from './processes.ts';
import { Stage } from './stage.ts';

// Measures which load makes the gateway answer `overloaded` to other callers (docs/performance.md). `node bench/overload.ts` takes a
// minute. A worker thread sends the load; the main thread is the other caller.

/** Number of stored migrations, and of backups in the chain of each. */
const stored = 5000;
const backups = 50;
/** Duration of each load in milliseconds. A delay counts as overload after two whole seconds. */
const loadMs = 5000;
/** Interval of the other caller's reads in milliseconds. A read does not wait for the previous one. */
const pauseMs = 50;

const loads = {
  'page of 200 chains': (): Request => ({ method: 'GET', path: '/migrations?pageSize=200' }),
  creation: (): Request => creation('alibaba'),
} as const;
type Kind = keyof typeof loads;

/** `share`: the part of a core that the gateway gets, like the CPU limit of a container. */
const plan: readonly (readonly [kind: Kind, atOnce: number, share: number])[] = [
  ['page of 200 chains', 8, 1],
  ['page of 200 chains', 128, 1],
  ['page of 200 chains', 512, 1],
  ['creation', 128, 1],
  ['creation', 2048, 1],
  ['page of 200 chains', 32, 0.05],
  ['page of 200 chains', 32, 0.02],
];

/** The answered requests of a load, and those of them that were rejected. */
interface Made {
  readonly answered: number;
  readonly refused: number;
}

/** Sends requests for `loadMs`, `atOnce` at a time. */
async function make({ url, kind, atOnce }: { url: string; kind: Kind; atOnce: number }): Promise<Made> {
  const pool = new Pool(url, { connections: atOnce, headersTimeout: 60_000 });
  const end = performance.now() + loadMs;
  let answered = 0;
  let refused = 0;
  const caller = async (): Promise<void> => {
    while (performance.now() < end) {
      const { statusCode, body } = await pool.request(loads[kind]());
      await body.dump({ limit: Number.MAX_SAFE_INTEGER });
      answered++;
      if (statusCode === 503) refused++;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, caller));
  await pool.close();
  return { answered, refused };
}

function inThread(url: string, kind: Kind, atOnce: number): Promise<Made> {
  return new Promise((done, fail) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: { url, kind, atOnce } });
    worker.once('message', done);
    worker.once('error', fail);
  });
}

/** Reads one migration at the interval `pauseMs` until `ended` resolves. */
async function readBeside(url: string, path: string, ended: Promise<unknown>) {
  const pool = new Pool(url, { connections: 100 });
  const times: number[] = [];
  let refused = 0;
  let over = false;
  void ended.then(() => {
    over = true;
  });
  const reads: Promise<void>[] = [];
  const read = async (): Promise<void> => {
    const began = performance.now();
    const { statusCode, body } = await pool.request({ method: 'GET', path });
    await body.dump();
    if (statusCode === 503) refused++;
    else times.push(performance.now() - began);
  };
  while (!over) {
    reads.push(read());
    await sleep(pauseMs);
  }
  await Promise.all(reads);
  await pool.close();
  const slowest = times.toSorted((one, other) => one - other)[Math.floor(times.length * 0.99)] ?? Number.NaN;
  return { reads: reads.length, refused, medianMs: median(times), p99Ms: slowest };
}

/** Lets the gateway run for its share of each 100 ms, as a container's CPU limit does. Ends when `ended` resolves. */
async function limited(pid: number, share: number, ended: Promise<unknown>): Promise<void> {
  if (share === 1) return;
  const periodMs = 100;
  let over = false;
  void ended.then(() => {
    over = true;
  });
  while (!over) {
    process.kill(pid, 'SIGSTOP');
    await sleep(periodMs * (1 - share));
    process.kill(pid, 'SIGCONT');
    await sleep(periodMs * share);
  }
}

/** The process id of the gateway: the child of this process that runs its sources. */
function gatewayPid(): number {
  const found = readdirSync('/proc').find((entry) => {
    if (!/^\d+$/.test(entry)) return false;
    try {
      const parent = /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${entry}/status`, 'utf8'))?.[1];
      return parent === String(process.pid) && readFileSync(`/proc/${entry}/cmdline`, 'utf8').includes('src/godwit.js');
    } catch {
      // The process has ended meanwhile.
      return false;
    }
  });
  if (found === undefined) throw new Error('there is no gateway');
  return Number(found);
}

/** A gateway on SQLite with chains of `backups` backups that are not cut over yet. */
async function filledGateway(stage: Stage): Promise<{ readonly gateway: Measured; readonly path: string }> {
  const url = await stage.storeUrl('SQLite');
  const first = await stage.own('filling', url);
  const chain = { ...JSON.parse(creation('alibaba').body ?? '{}'), mode: 'full_log' };
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${first.url}/migrations`, { method: 'POST', headers, body: JSON.stringify(chain) });
  const { id } = (await answer.json()) as { readonly id: string };
  let log = 0;
  const path = `/migrations/${id}`;
  await load(
    [first.url],
    backups,
    201,
    () => ({
      method: 'POST',
      path: `${path}/backups`,
      headers,
      body: JSON.stringify({
        type: 'log',
        source: { type: 'object_storage', bucket: 'acme-backups', keys: [`prod/orders_${++log}.trn`] },
      }),
    }),
    1,
  );
  await first.stop();
  await multiplyMigration(url, stored, () => ({
    state: `'succeeded'`,
    occupies_instance: '0',
    waits_for_instance: '0',
    due_at: 'null',
    lease_owner: 'null',
    lease_until: 'null',
  }));
  return { gateway: await stage.own('overload', url), path };
}

async function main(): Promise<void> {
  const stage = new Stage(null);
  try {
    const { gateway, path } = await filledGateway(stage);
    process.stdout.write(
      '| load | at once | share of a core | answered | refused | other caller: reads | refused | median | p99 |\n',
    );
    process.stdout.write('|---|---|---|---|---|---|---|---|---|\n');
    const pid = gatewayPid();
    for (const [kind, atOnce, share] of plan) {
      const made = inThread(gateway.url, kind, atOnce);
      const [beside] = await Promise.all([readBeside(gateway.url, path, made), limited(pid, share, made)]);
      const { answered, refused } = await made;
      const cells = [kind, atOnce, share, answered, refused, beside.reads, beside.refused];
      const times = [beside.medianMs, beside.p99Ms].map((ms) => `${ms.toFixed(0)} ms`);
      process.stdout.write(`| ${[...cells, ...times].join(' | ')} |\n`);
      // The gateway's measured delay covers two seconds, so the next load starts after that.
      await sleep(2500);
    }
    await gateway.stop();
  } finally {
    await stage.close();
  }
}

if (isMainThread) await main();
else parentPort?.postMessage(await make(workerData));
