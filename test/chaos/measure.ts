import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { MigrationRepresentation } from '../../src/domain/answer-schema.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { getMigration, post, temporaryFolder } from '../support/gateway.ts';
import type { PostgresServer } from '../support/postgres.ts';
import { intentOf, migrationBody } from './intent.ts';
import { type EngineIntervals, productionIntervals, restoreMs, stretched } from './intervals.ts';
import { choices } from './random.ts';
import { createReplica, type Replica } from './replica.ts';
import { type SandboxProcess, startSandboxProcess } from './sandbox-process.ts';
import { gatewayConfig, providers } from './storm.ts';

/** Uncounted creations per process, because a fresh process is several times slower. */
const warmUpCreations = 200;
/**
 * Length and number of countings. The numbers of replicas take turns, because a machine changes from minute to minute.
 */
const countingMs = 3000;
const countingRounds = 4;
/** Number of concurrent callers. */
const callers = 24;
/** Migrations leased by the process that is killed. */
const orphans = 12;
/** Time that a failover may take beyond the lease, in milliseconds. */
export const failoverMarginMs = 2000;

/**
 * Throughput by number of replicas, and the time until another process has taken over a killed owner's work, as lines
 * to print.
 */
export async function measure(server: PostgresServer, pace: number): Promise<readonly string[]> {
  const counted = await throughput(server, [1, 2, 4]);
  const [one = 0] = counted.map(({ perSecond }) => perSecond);
  const words = counted.map(
    ({ count, perSecond }) => `${perSecond.toFixed(0)} with ${count} (×${(perSecond / one).toFixed(2)})`,
  );
  const took = await failover(server, pace);
  const { leaseMs } = stretched(pace);
  const limit = Math.round(leaseMs + failoverMarginMs * pace);
  return [
    `creations per second by replicas on one PostgreSQL: ${words.join(', ')}; clouds, callers and database share ${availableParallelism()} cores`,
    `failover of ${orphans} calls under way: ${took} ms after the owner’s death, lease ${leaseMs} ms, limit ${limit} ms${took > limit ? ': TOO LATE' : ''}`,
  ];
}

/** Gateways on one database, with separate clouds. */
interface Cluster {
  readonly replicas: readonly Replica[];
  readonly clouds: SandboxProcess;
  end(): Promise<void>;
}

async function startCluster(server: PostgresServer, count: number, engine: EngineIntervals): Promise<Cluster> {
  const clouds = await startSandboxProcess(restoreMs);
  const folder = await temporaryFolder();
  const config = gatewayConfig(await server.createDatabase(), clouds.urls, engine);
  const replicas = await Promise.all(
    Array.from({ length: count }, (_, index) => createReplica(join(folder, `replica-${index + 1}`), config)),
  );
  await Promise.all(replicas.map((replica) => replica.start()));
  return {
    replicas,
    clouds,
    end: async () => {
      await Promise.all(replicas.map((replica) => replica.kill()));
      await clouds.end();
    },
  };
}

/**
 * Acknowledged creations per second, each stored and submitted, for each number of replicas: medians of the countings.
 */
async function throughput(
  server: PostgresServer,
  counts: readonly number[],
): Promise<readonly { readonly count: number; readonly perSecond: number }[]> {
  const clusters: Cluster[] = [];
  try {
    for (const count of counts) clusters.push(await startCluster(server, count, productionIntervals));
    const loads = clusters.map(({ replicas }) => loadOn(replicas));
    for (const [index, load] of loads.entries()) {
      const creations = warmUpCreations * (counts[index] ?? 1);
      await load((done) => done < creations);
    }
    const rates = loads.map((): number[] => []);
    for (let round = 0; round < countingRounds; round++)
      for (const [index, load] of loads.entries()) {
        const end = systemRuntime.now() + countingMs;
        const done = await load(() => systemRuntime.now() < end);
        rates[index]?.push((done * 1000) / countingMs);
      }
    return counts.map((count, index) => ({ count, perSecond: median(rates[index] ?? []) }));
  } finally {
    await Promise.all(clusters.map((cluster) => cluster.end()));
  }
}

/** Creates migrations on the replicas in turn while `more` returns true. Returns the number of acknowledged ones. */
function loadOn(replicas: readonly Replica[]): (more: (done: number) => boolean) => Promise<number> {
  const random = choices(replicas.length);
  let number = 0;
  return async (more) => {
    let done = 0;
    const caller = async (): Promise<void> => {
      while (more(done)) {
        const own = number++;
        const intent = intentOf(providers[own % 3] ?? 'alibaba', own, random);
        const { url } = replicas[own % replicas.length] ?? { url: '' };
        const { status } = await post(`${url}/migrations`, migrationBody(intent), { prefer: 'respond-async' });
        if (status === 202) done++;
      }
    };
    await Promise.all(Array.from({ length: callers }, caller));
    return done;
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[values.length >> 1] ?? 0;
}

/**
 * Milliseconds from the death of a process with calls under way until the other process has settled the last of them.
 */
async function failover(server: PostgresServer, pace: number): Promise<number> {
  const cluster = await startCluster(server, 2, stretched(pace));
  try {
    const { replicas, clouds } = cluster;
    const [owner, heir] = replicas;
    if (owner === undefined || heir === undefined) throw new Error('two replicas are needed');
    const random = choices(7);
    // A process that has just joined sends nothing until the others know it. This measures one that has been there for long.
    for (const [index, { url }] of replicas.entries()) {
      const body = migrationBody(intentOf('alibaba', (orphans + index) * 6, random));
      const { status } = await post(`${url}/migrations`, body);
      if (status !== 201) throw new Error(`a replica answered ${status} to its first migration`);
    }
    const restored = (await restores(clouds)).length;
    // The cloud executes the call and answers long after the owner is dead.
    const rule = (operation: string) =>
      ({ cloud: '*', operation, kind: 'delay_after', ms: Math.round(900 * pace), count: orphans }) as const;
    await clouds.replaceFaults(['CreateMigrateTask', 'CreateReplicationJob', 'StartBackupMigration'].map(rule));
    const ids = await Promise.all(
      Array.from({ length: orphans }, async (_, number) => {
        const intent = intentOf(providers[number % 3] ?? 'alibaba', number * 6, random);
        const { body } = await post(`${owner.url}/migrations`, migrationBody(intent), { prefer: 'respond-async' });
        return body.id;
      }),
    );
    while ((await restores(clouds)).length < restored + orphans) await systemRuntime.sleep(5);
    await owner.kill();
    const died = systemRuntime.now();
    for (;;) {
      const all: readonly MigrationRepresentation[] = await Promise.all(ids.map((id) => getMigration(heir.url, id)));
      if (all.every(({ state }) => state !== 'pending')) return systemRuntime.now() - died;
      await systemRuntime.sleep(20);
    }
  } finally {
    await cluster.end();
  }
}

async function restores(clouds: SandboxProcess) {
  return (await clouds.journal()).filter(({ effect }) => effect === 'restore');
}
