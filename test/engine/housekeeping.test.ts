import { expect, it } from 'vitest';
import { createEngine } from '../../src/engine/engine.ts';
import { requestFor, Simulation } from '../support/simulation.ts';

it('housekeeping deletes idempotency keys after two days and not before', async () => {
  const simulation = await Simulation.start({ provider: 'alibaba' });
  const id = await simulation.submit(requestFor('alibaba'));
  const day = 86_400_000;
  const beginning = simulation.now;
  await simulation.store.update(id, (migration) => ({ ...migration, description: 'old' }), {
    idempotency: { caller: 'tests', key: 'old', fingerprint: '1' },
  });
  simulation.now = beginning + 1.5 * day;
  await simulation.store.update(id, (migration) => ({ ...migration, description: 'new', updatedAt: simulation.now }), {
    idempotency: { caller: 'tests', key: 'new', fingerprint: '2' },
  });
  simulation.now = beginning + 2.5 * day;

  const engine = createEngine(simulation.context);
  engine.start();
  await engine.stop(0);
  expect(await simulation.store.findIdempotencyKey('tests', 'old')).toBeNull();
  expect(await simulation.store.findIdempotencyKey('tests', 'new')).not.toBeNull();
});
