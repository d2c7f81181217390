import { expect, it } from 'vitest';
import { sampleCall, sampleMigration } from '../../support/samples.ts';
import { noLease } from '../samples.ts';
import type { Site } from './setup.ts';

export function statisticsBehaviour(site: Site): void {
  it('counts migrations by kind, with their calls of unknown outcome', async () => {
    const store = await site.open();
    expect(await store.statistics()).toEqual([]);
    const waiting = sampleMigration({ stateReason: 'outcome_unknown' });
    for (const each of [
      sampleMigration(),
      sampleMigration(),
      sampleMigration({ provider: 'huawei', account: 'hw-main', state: 'succeeded' }),
      waiting,
    ])
      await store.create(each, noLease);
    await store.update(waiting.id, (current) => ({
      ...current,
      calls: [sampleCall({ state: 'unknown' }), sampleCall({ number: 2, state: 'accepted' })],
    }));

    const plain = { provider: 'alibaba', account: 'ali-main', state: 'pending', stateReason: null, unknownOutcomes: 0 };
    const counted = [...(await store.statistics())].toSorted((one, other) => other.migrations - one.migrations);
    expect(counted[0]).toEqual({ ...plain, migrations: 2 });
    expect(counted.slice(1)).toEqual(
      expect.arrayContaining([
        { ...plain, provider: 'huawei', account: 'hw-main', state: 'succeeded', migrations: 1 },
        { ...plain, stateReason: 'outcome_unknown', migrations: 1, unknownOutcomes: 1 },
      ]),
    );
    expect(counted).toHaveLength(3);
  });
}
