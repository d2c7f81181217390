import { afterEach, describe, expect, it } from 'vitest';
import { systemRuntime } from '../../src/runtime.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import {
  configFile,
  type GatewayProcess,
  hasEnded,
  post,
  spawnGateway,
  temporaryFolder,
  untilMigration,
} from '../support/gateway.ts';
import { requestFor } from '../support/simulation.ts';

const running: GatewayProcess[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((gateway) => gateway.end('SIGKILL')));
});

describe('a gateway started without a configuration', () => {
  it('restores at each of three clouds, reports true states to the end and stops on request', async () => {
    const gateway = await spawnGateway(await temporaryFolder(), null);
    running.push(gateway);
    const ended = await Promise.all(
      (['alibaba', 'huawei', 'tencent'] as const).map(async (provider) => {
        const created = await post(`${gateway.url}/migrations`, requestFor(provider));
        expect(created.status, JSON.stringify(created.body)).toBe(201);
        expect(created.body.state).toBe('restoring');
        expect(created.headers.get('location')).toBe(`/migrations/${created.body.id}`);
        return untilMigration(gateway.url, created.body.id, hasEnded);
      }),
    );
    for (const migration of ended) {
      expect(migration.state).toBe('succeeded');
      expect(Object.values(migration.providerRefs).length).toBeGreaterThan(0);
      expect(migration.providerStatus).toBeTruthy();
      const times = [migration.createdAt, migration.startedAt, migration.finishedAt, migration.observedAt].map((time) =>
        Date.parse(time ?? ''),
      );
      expect(times).toEqual([...times].sort((one, other) => one - other));
    }
    expect(await gateway.end('SIGTERM')).toBe(0);
    running.length = 0;
    expect(gateway.output()).not.toMatch(/warning/i);
  });
});

describe('a gateway that is killed during a restore', () => {
  it('finishes the restore after a restart without a second create', async () => {
    const sandbox = await startSandbox({ host: '127.0.0.1', runtime: systemRuntime, restoreMs: 1500 });
    try {
      const folder = await temporaryFolder();
      const first = await spawnGateway(folder, configFile(sandbox, folder));
      running.push(first);
      const ids = await Promise.all(
        (['alibaba', 'huawei', 'tencent'] as const).map(
          async (provider) => (await post(`${first.url}/migrations`, requestFor(provider))).body.id,
        ),
      );
      await first.end('SIGKILL');
      const second = await spawnGateway(folder, configFile(sandbox, folder));
      running.push(second);
      for (const id of ids) expect((await untilMigration(second.url, id, hasEnded)).state).toBe('succeeded');
      expect(sandbox.journal().filter((entry) => entry.effect === 'restore')).toHaveLength(3);
    } finally {
      await sandbox.close();
    }
  });

  it('finishes a submission whose reply was lost without sending it again', async () => {
    const sandbox = await startSandbox({ host: '127.0.0.1', runtime: systemRuntime, restoreMs: 500 });
    try {
      for (const cloud of ['alibaba', 'huawei', 'tencent'] as const) {
        const operation = {
          alibaba: 'CreateMigrateTask',
          huawei: 'CreateReplicationJob',
          tencent: 'StartBackupMigration',
        }[cloud];
        sandbox.faults.add({ cloud, operation, kind: 'delay_after', ms: 1500, count: 1 });
      }
      const folder = await temporaryFolder();
      const first = await spawnGateway(folder, configFile(sandbox, folder));
      running.push(first);
      const ids = await Promise.all(
        (['alibaba', 'huawei', 'tencent'] as const).map(
          async (provider) =>
            (await post(`${first.url}/migrations`, requestFor(provider), { prefer: 'respond-async' })).body.id,
        ),
      );
      while (sandbox.journal().filter((entry) => entry.effect === 'restore').length < 3) await systemRuntime.sleep(20);
      await first.end('SIGKILL');
      const second = await spawnGateway(folder, configFile(sandbox, folder));
      running.push(second);
      for (const id of ids) expect((await untilMigration(second.url, id, hasEnded)).state).toBe('succeeded');
      expect(sandbox.journal().filter((entry) => entry.effect === 'restore')).toHaveLength(3);
    } finally {
      await sandbox.close();
    }
  });
});
