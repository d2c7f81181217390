import { join } from 'node:path';
import type { MigrationRepresentation } from '../../src/domain/answer-schema.ts';
import { systemRuntime } from '../../src/runtime.ts';
import type { CloudName } from '../../src/sandbox/cloud.ts';
import { temporaryFolder } from '../support/gateway.ts';
import { type Intent, intentOf, migrationBody } from './intent.ts';
import { restoreMs, stretched } from './intervals.ts';
import { choices } from './random.ts';
import { createReplica } from './replica.ts';
import { startSandboxProcess } from './sandbox-process.ts';
import { gatewayConfig } from './storm.ts';

/** A vendor operation that fails for the whole run, and the vendor error that it returns. */
interface LastingFailure {
  readonly cloud: CloudName;
  readonly operation: string;
  readonly code: string;
}

const failures: readonly LastingFailure[] = [
  { cloud: 'alibaba', operation: 'CreateMigrateTask', code: 'InternalError' },
  { cloud: 'huawei', operation: 'CreateReplicationJob', code: 'DRS.M01501' },
  { cloud: 'tencent', operation: 'StartBackupMigration', code: 'FailedOperation.DBError' },
];

/** Maximum number of sends of a call; the default of `engine.resendTries`. */
const resendTries = 5;
const perProvider = 5;

export interface LastingReport {
  readonly lines: readonly string[];
  readonly findings: readonly string[];
}

/**
 * The weather `lasting`: the cloud answers every send with a vendor error. The sends are bounded, and every migration
 * ends.
 */
export async function lasting(seed: number, pace: number): Promise<LastingReport> {
  const sandbox = await startSandboxProcess(restoreMs);
  const folder = await temporaryFolder();
  const config = gatewayConfig(`sqlite:${join(folder, 'godwit.db')}`, sandbox.urls, stretched(pace));
  const replica = await createReplica(folder, {
    ...config,
    engine: { ...(config as { engine: object }).engine, resendTries },
  });
  try {
    await sandbox.replaceFaults(failures.map((each) => ({ ...each, kind: 'vendor_error_before', count: 1_000_000 })));
    await replica.start();
    const random = choices(seed);
    const ids = new Map<string, CloudName>();
    for (const { cloud } of failures)
      for (let number = 0; number < perProvider; number++)
        ids.set(await submit(replica.url, intentOf(cloud, number, random)), cloud);
    const ended = await untilEnded(replica.url, ids, systemRuntime.now() + 120_000 * pace);
    const fired = await sandbox.replaceFaults([]);
    const restores = (await sandbox.journal()).filter(({ effect }) => effect === 'restore');
    const lines: string[] = [];
    const findings = restores.map(({ cloud, subject }) => `lasting    ${cloud}: ${subject} was restored`);
    for (const { cloud, operation, code } of failures) {
      const own = ended.filter(({ id }) => ids.get(id) === cloud);
      const sendings = fired.find((rule) => rule.cloud === cloud)?.fired ?? 0;
      const most = own.length * resendTries;
      lines.push(
        `lasting: ${operation} answered ${code}: ${own.length} migrations, ${sendings} sendings, at most ${most} allowed`,
      );
      if (sendings > most || sendings < own.length)
        findings.push(`lasting    ${cloud}: ${sendings} sendings for ${own.length} migrations`);
      for (const { id, state, error } of own)
        if (state !== 'failed' || error?.retryable !== true || error.provider?.code !== code)
          findings.push(`lasting    ${cloud}: ${id} is ${state}, ${JSON.stringify(error)}`);
    }
    return { lines, findings };
  } finally {
    await replica.kill();
    await sandbox.end();
  }
}

async function submit(url: string, intent: Intent): Promise<string> {
  const response = await fetch(`${url}/migrations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', prefer: 'respond-async' },
    body: JSON.stringify(migrationBody(intent)),
  });
  const { id } = (await response.json()) as { id?: string };
  if (id === undefined) throw new Error(`POST /migrations: ${response.status}`);
  return id;
}

async function untilEnded(
  url: string,
  ids: ReadonlyMap<string, CloudName>,
  end: number,
): Promise<readonly MigrationRepresentation[]> {
  for (;;) {
    const all = await Promise.all(
      [...ids.keys()].map(
        async (id) => (await (await fetch(`${url}/migrations/${id}`)).json()) as MigrationRepresentation,
      ),
    );
    if (all.every(({ state }) => state === 'failed') || systemRuntime.now() > end) return all;
    await systemRuntime.sleep(500);
  }
}
