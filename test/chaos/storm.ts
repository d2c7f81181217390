import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { MigrationRepresentation } from '../../src/domain/answer-schema.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { sandboxAccounts } from '../../src/sandbox/accounts.ts';
import { temporaryFolder } from '../support/gateway.ts';
import type { ProviderId } from '../support/providers.ts';
import { call } from './caller.ts';
import { askClouds } from './cloud-word.ts';
import { intentOf } from './intent.ts';
import { type EngineIntervals, patience, restoreMs, stretched } from './intervals.ts';
import { judge, type Told, type Verdict } from './judge.ts';
import { choices } from './random.ts';
import { createReplica, type Replica } from './replica.ts';
import { type SandboxProcess, startSandboxProcess } from './sandbox-process.ts';
import { spoilRows } from './spoilt-rows.ts';
import { unsteadyStore } from './store-away.ts';
import { startTrouble } from './trouble.ts';
import { startWeather } from './weather.ts';

export const providers: readonly ProviderId[] = ['alibaba', 'huawei', 'tencent'];

export interface StormPlan {
  readonly seed: number;
  /** `sqlite` with one process, or the URL of an empty PostgreSQL database and a number of replicas. */
  readonly store: 'sqlite' | { readonly url: string; readonly replicas: number };
  readonly intentsPerProvider: number;
  /** Factor by which this machine is slower than a quiet one. Multiplies every time of the plan and of the engine. */
  readonly pace: number;
  /** Time over which callers arrive, in milliseconds. */
  readonly arrivalMs: number;
  /** Processes die until all callers have arrived and that many have died, or until `maxMs` have passed. */
  readonly kills: number;
  readonly maxMs: number;
  /** Mean time from one death to the next, in milliseconds. */
  readonly meanKillMs: number;
  readonly patienceMs: number;
  /** How long the gateway has after the storm until all is at rest, in milliseconds. */
  readonly calmMs: number;
}

export interface StormReport {
  readonly verdicts: Readonly<Record<ProviderId, Verdict>>;
  readonly kills: number;
  readonly pauses: number;
  /** Starts of processes whose account names belonged to another cloud. */
  readonly strangeStarts: number;
  /** Migrations that were deleted after their end and requested again. */
  readonly recreations: number;
  /** Processes that ended by themselves. */
  readonly collapses: number;
  readonly faultsOnChanges: number;
  readonly faultsOnReads: number;
  /** Outages of PostgreSQL right after a commit. */
  readonly storeOutages: number;
  /** Folder of the configuration, database and output of the processes. */
  readonly folder: string;
}

/** Runs one storm over the three providers and judges it. Rejects when it cannot judge. */
export async function storm(quietPlan: StormPlan): Promise<StormReport> {
  const plan = atPace(quietPlan);
  const intervals = stretched(plan.pace);
  const random = choices(plan.seed);
  const folder = await temporaryFolder();
  const sandbox = await startSandboxProcess(restoreMs);
  const elsewhere = await startSandboxProcess(restoreMs);
  const way = plan.store === 'sqlite' ? null : await unsteadyStore(plan.store.url, plan.pace);
  const storeUrl = storeUrlOf(plan, folder);
  const replicas = await createReplicas(plan, folder, way?.url ?? storeUrl, sandbox, elsewhere);
  try {
    await warmUp(replicas);
    await spoilRows(storeUrl);
    await Promise.all(replicas.map((replica) => replica.start()));
    const end = systemRuntime.now() + plan.maxMs;
    const weather = await startWeather(sandbox, random.fork(), intervals);
    way?.begin(random.fork());
    const trouble = startTrouble(replicas, random.fork(), plan.meanKillMs, intervals.leaseMs);
    const told = await askAll(plan, replicas, random.fork(), sandbox);
    while (trouble.kills < plan.kills && systemRuntime.now() < end) await systemRuntime.sleep(200);
    await way?.calm();
    await trouble.stop();
    await weather.stop();
    const answers = await Promise.all(told);
    const migrations = await untilAtRest(replicas, plan.calmMs);
    const journal = await sandbox.journal();
    const evidence = {
      told: answers,
      migrations,
      journal,
      ...(await askClouds(sandbox, journal)),
      elsewhere: (await elsewhere.journal()).filter(({ effect }) => effect === 'restore'),
    };
    return {
      verdicts: {
        alibaba: judge('alibaba', evidence),
        huawei: judge('huawei', evidence),
        tencent: judge('tencent', evidence),
      },
      kills: trouble.kills,
      pauses: trouble.pauses,
      strangeStarts: trouble.strangeStarts,
      recreations: answers.filter(({ askedAgain }) => askedAgain).length,
      collapses: replicas.reduce((sum, replica) => sum + replica.collapses, 0),
      faultsOnChanges: weather.onChanges,
      faultsOnReads: weather.onReads,
      storeOutages: way?.outages ?? 0,
      folder,
    };
  } finally {
    await Promise.all(replicas.map((replica) => replica.kill()));
    await way?.close();
    await sandbox.end();
    await elsewhere.end();
  }
}

function atPace(plan: StormPlan): StormPlan {
  const { pace } = plan;
  return {
    ...plan,
    arrivalMs: plan.arrivalMs * pace,
    maxMs: plan.maxMs * pace,
    meanKillMs: plan.meanKillMs * pace,
    patienceMs: plan.patienceMs * pace,
    calmMs: plan.calmMs * pace,
  };
}

/** A killed process keeps no compile cache. One graceful end makes every later start quicker. */
async function warmUp([first]: readonly Replica[]): Promise<void> {
  await first?.start();
  await first?.end();
}

/** The configuration of one gateway of a storm. */
export function gatewayConfig(storeUrl: string, urls: SandboxProcess['urls'], engine: EngineIntervals): object {
  const [alibaba, huawei, tencent] = providers.map((name) => ({ url: urls[name] }));
  if (alibaba === undefined || huawei === undefined || tencent === undefined) throw new Error('a cloud is missing');
  const accounts = sandboxAccounts({ alibaba, huawei, tencent });
  const limits = { readsPerSecond: 1000, writesPerSecond: 1000 };
  return {
    store: { url: storeUrl },
    engine: { ...patience, ...engine },
    feed: { scanMs: Math.max(engine.pollMinMs * 4, 50) },
    log: { level: 'info' },
    accounts: accounts.map((account) => ({ ...account, limits })),
  };
}

function storeUrlOf({ store }: StormPlan, folder: string): string {
  return store === 'sqlite' ? `sqlite:${join(folder, 'godwit.db')}` : store.url;
}

/** The same account names at another cloud. A second account per provider keeps creations away from the strange one. */
function strangeConfig(config: object, elsewhere: SandboxProcess['urls'], engine: EngineIntervals): object {
  const strange = gatewayConfig('', elsewhere, engine) as { readonly accounts: readonly { readonly name: string }[] };
  const spare = strange.accounts.map((account) => ({ ...account, name: `spare-${account.name}` }));
  return { ...config, accounts: [...strange.accounts, ...spare] };
}

async function createReplicas(
  plan: StormPlan,
  folder: string,
  url: string,
  sandbox: SandboxProcess,
  elsewhere: SandboxProcess,
): Promise<readonly Replica[]> {
  const { store } = plan;
  await mkdir(folder, { recursive: true });
  const count = store === 'sqlite' ? 1 : store.replicas;
  const intervals = stretched(plan.pace);
  const config = gatewayConfig(url, sandbox.urls, intervals);
  const strange = strangeConfig(config, elsewhere.urls, intervals);
  return Promise.all(
    Array.from({ length: count }, (_, index) => createReplica(join(folder, `replica-${index + 1}`), config, strange)),
  );
}

/** Starts the callers one after another over the whole time. Returns their results, which may come later. */
async function askAll(
  plan: StormPlan,
  replicas: readonly Replica[],
  random: ReturnType<typeof choices>,
  { put }: SandboxProcess,
): Promise<readonly Promise<Told>[]> {
  const settings = { urls: replicas.map(({ url }) => url), patienceMs: plan.patienceMs, pace: plan.pace, put };
  const start = systemRuntime.now();
  const total = plan.intentsPerProvider * providers.length;
  const told: Promise<Told>[] = [];
  for (let number = 0; number < total; number++) {
    const provider = providers[number % providers.length] ?? 'alibaba';
    const own = Math.floor(number / providers.length);
    const intent = intentOf(provider, own, random, own % watchedEvery === 2);
    told.push(call(intent, random.fork(), settings));
    const next = start + ((number + 1) * plan.arrivalMs) / total;
    await systemRuntime.sleep(Math.max(0, next - systemRuntime.now()));
  }
  return told;
}

/** One intent in this many is a chain from a watched folder. */
const watchedEvery = 7;

const restingStates: readonly string[] = ['succeeded', 'failed', 'cancelled'];

/** All migrations once each has ended or is idle with an empty queue, or after the time limit. */
async function untilAtRest(replicas: readonly Replica[], calmMs: number): Promise<readonly MigrationRepresentation[]> {
  await Promise.all(replicas.filter(({ running }) => !running).map((replica) => replica.start()));
  const [first] = replicas;
  if (first === undefined) throw new Error('no replica');
  const end = systemRuntime.now() + calmMs;
  for (;;) {
    const all = await listAll(first.url, end);
    const moving = all.filter(
      ({ state, backups, feed }) =>
        !restingStates.includes(state) &&
        !(
          state === 'awaiting_backup' &&
          feed === undefined &&
          backups.every((backup) => backup.state === 'restored' && !backup.final)
        ),
    );
    if (moving.length === 0 || systemRuntime.now() > end) return all;
    await systemRuntime.sleep(250);
  }
}

async function listAll(url: string, until: number): Promise<readonly MigrationRepresentation[]> {
  const found: MigrationRepresentation[] = [];
  for (let token: string | null = ''; token !== null; ) {
    const query: string = `pageSize=200${token === '' ? '' : `&pageToken=${encodeURIComponent(token)}`}`;
    const page = await pageAt(`${url}/migrations?${query}`);
    if (page === null) {
      if (systemRuntime.now() > until) throw new Error(`${url} does not answer`);
      // A process is still starting, or its store is catching up.
      await systemRuntime.sleep(500);
      continue;
    }
    found.push(...page.items);
    token = page.nextPageToken;
  }
  return found;
}

async function pageAt(
  url: string,
): Promise<{ readonly items: readonly MigrationRepresentation[]; readonly nextPageToken: string | null } | null> {
  try {
    const response = await fetch(url);
    const body = (await response.json()) as { items: MigrationRepresentation[]; nextPageToken: string | null };
    return response.status === 200 ? body : null;
  } catch {
    return null;
  }
}
