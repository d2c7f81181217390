import { expect, it } from 'vitest';
import { createBackupFiles } from '../../src/engine/backup-files.ts';
import { sampleMigration } from '../support/samples.ts';
import { Simulation } from '../support/simulation.ts';

/** Files of an account whose vendor gives these answers about the version in order; null: no version. */
async function versions(answers: readonly (number | null)[]) {
  const { context, account } = await Simulation.start({ provider: 'huawei' });
  let now = 0;
  let asked = 0;
  const converse = (async () => answers[asked++] ?? null) as typeof context.client.converse;
  const files = createBackupFiles({
    ...context,
    client: { ...context.client, converse },
    runtime: { ...context.runtime, monotonic: () => now },
  });
  return {
    read: (instanceId: string) => {
      const migration = sampleMigration({ provider: 'huawei', account: account.name });
      return files.targetMajor(account, { ...migration, target: { ...migration.target, instanceId } });
    },
    later: (ms: number) => {
      now += ms;
    },
    asked: () => asked,
  };
}

it('asks for a target’s version once a minute for any number of restores', async () => {
  const { read, later, asked } = await versions([15, 14, 16]);
  expect(await Promise.all([read('one'), read('one'), read('two')])).toEqual([15, 15, 14]);
  later(59_999);
  expect(await read('one')).toBe(15);
  expect(asked()).toBe(2);
  later(1);
  expect(await read('one')).toBe(16);
});

it('asks again if the vendor did not return the version', async () => {
  const { read } = await versions([null, 15]);
  expect(await read('one')).toBeUndefined();
  expect(await read('one')).toBe(15);
});
