import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { MigrationRepresentation } from '../../src/domain/schema.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { getMigration, post, temporaryFolder } from '../support/gateway.ts';
import type { PostgresServer } from '../support/postgres.ts';
import { intentOf, migrationBody } from './intent.ts';
import { type EngineIntervals, productionIntervals, restoreMs, stretched } from './intervals.ts';
import { choices } from './random.ts';
import { createReplica, type Replica } from './replica.ts';
import { startSandboxProcess } from './sandbox-process.ts';
import { gatewayConfig, providers } from './storm.ts';

/** How long creations are counted with each number of replicas, after processes have warmed up, and how many callers ask at once. */
const countingMs = 6000;
const warmUpMs = 12_000;
const callers = 24;
/** Migrations in the hands of the process that is killed. */
const orphans = 12;
/** What a failover may take beyond the lease, in milliseconds. */
export const failoverMarginMs = 2000;

/** Throughput by number of replicas, and the time until a killed owner's work is in other hands, as lines to print. */
export async function measure(server: PostgresServer, pace: number): Promise<readonly string[]> {
  const rates: number[] = [];
  for (const count of [1, 2, 4]) rates.push(await throughput(await server.createDatabase(), count));
  const [one = 0, two = 0, four = 0] = rates;
  const took = await failover(await server.createDatabase(), pace);
  const { leaseMs } = stretched(pace);
  const limit = Math.round(leaseMs + failoverMarginMs * pace);
  const ratio = (rate: number): string => (one === 0 ? '?' : (rate / one).toFixed(2));
  return [
    `creations per second on one PostgreSQL: ${one.toFixed(0)} with 1 replica, ${two.toFixed(0)} with 2 (×${ratio(two)}), ${four.toFixed(0)} with 4 (×${ratio(four)}); ` +
      `clouds, callers and database share ${availableParallelism()} cores`,
    `failover of ${orphans} calls under way: ${took} ms after the owner’s death, lease ${leaseMs} ms, limit ${limit} ms${took > limit ? ': TOO LATE' : ''}`,
  ];
}

async function withReplicas<T>(
  storeUrl: string,
  count: number,
  engine: EngineIntervals,
  work: (replicas: readonly Replica[], admin: Awaited<ReturnType<typeof startSandboxProcess>>) => Promise<T>,
): Promise<T> {
  const sandbox = await startSandboxProcess(restoreMs);
  const folder = await temporaryFolder();
  const config = gatewayConfig(storeUrl, sandbox.urls, engine);
  const replicas = await Promise.all(
    Array.from({ length: count }, (_, index) => createReplica(join(folder, `replica-${index + 1}`), config)),
  );
  try {
    await Promise.all(replicas.map((replica) => replica.start()));
    return await work(replicas, sandbox);
  } finally {
    await Promise.all(replicas.map((replica) => replica.kill()));
    await sandbox.end();
  }
}

/** Creations acknowledged per second, each stored and on its way to a cloud. */
function throughput(storeUrl: string, count: number): Promise<number> {
  return withReplicas(storeUrl, count, productionIntervals, async (replicas) => {
    const random = choices(count);
    const begin = systemRuntime.now() + warmUpMs;
    const end = begin + countingMs;
    let created = 0;
    let number = 0;
    const caller = async (): Promise<void> => {
      while (systemRuntime.now() < end) {
        const own = number++;
        const intent = intentOf(providers[own % 3] ?? 'alibaba', own, random);
        const { url } = replicas[own % replicas.length] ?? { url: '' };
        const { status } = await post(`${url}/migrations`, migrationBody(intent), { prefer: 'respond-async' });
        if (status === 202 && systemRuntime.now() > begin) created++;
      }
    };
    await Promise.all(Array.from({ length: callers }, caller));
    return created / (countingMs / 1000);
  });
}

/** Milliseconds from the death of a process with calls under way until the other one has settled the last of them. */
function failover(storeUrl: string, pace: number): Promise<number> {
  return withReplicas(storeUrl, 2, stretched(pace), async ([owner, heir], sandbox) => {
    if (owner === undefined || heir === undefined) throw new Error('two replicas are needed');
    const random = choices(7);
    // The cloud does the work and answers long after the owner is dead.
    const rule = (operation: string) =>
      ({ cloud: '*', operation, kind: 'delay_after', ms: Math.round(900 * pace), count: orphans }) as const;
    await sandbox.replaceFaults(['CreateMigrateTask', 'CreateReplicationJob', 'StartBackupMigration'].map(rule));
    const ids = await Promise.all(
      Array.from({ length: orphans }, async (_, number) => {
        const intent = intentOf(providers[number % 3] ?? 'alibaba', number * 6, random);
        const { body } = await post(`${owner.url}/migrations`, migrationBody(intent), { prefer: 'respond-async' });
        return body.id;
      }),
    );
    while ((await sandbox.journal()).filter(({ effect }) => effect === 'restore').length < orphans)
      await systemRuntime.sleep(5);
    await owner.kill();
    const died = systemRuntime.now();
    for (;;) {
      const all: readonly MigrationRepresentation[] = await Promise.all(ids.map((id) => getMigration(heir.url, id)));
      if (all.every(({ state }) => state !== 'pending')) return systemRuntime.now() - died;
      await systemRuntime.sleep(20);
    }
  });
}
