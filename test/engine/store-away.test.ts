import { expect, it } from 'vitest';
import { type Store, StoreUnavailable } from '../../src/domain/store.ts';
import { createEngine } from '../../src/engine/engine.ts';
import { requestFor, Simulation } from '../support/simulation.ts';
import { VirtualTime } from '../support/virtual-time.ts';
import { withMethods } from '../support/with-methods.ts';

it('a store that takes no writes is tried once a second, with its own words in the log, until it takes them again', async () => {
  const simulation = await Simulation.start({ provider: 'alibaba' });
  const id = await simulation.submit(requestFor('alibaba'));
  const time = new VirtualTime(simulation.now + 60_000);
  let tries = 0;
  let full = true;
  const store = withMethods<Store>(simulation.store, {
    async claim(lease, rooms) {
      tries++;
      if (full) throw new StoreUnavailable('database or disk is full');
      return simulation.store.claim(lease, rooms);
    },
  });
  const engine = createEngine({ ...simulation.context, runtime: time, store });
  engine.start();

  await time.until(time.sleep(60_000));
  expect(tries).toBeGreaterThan(30);
  expect(tries).toBeLessThanOrEqual(61);
  expect(new Set(simulation.errors)).toEqual(
    new Set(['{"error":"the store is unavailable: database or disk is full"}']),
  );

  full = false;
  const again = time.now();
  await time.until(time.sleep(2000));
  expect((await simulation.get(id)).observedAt).toBeGreaterThan(again);
  await time.until(engine.stop(0));
});
