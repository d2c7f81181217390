import { afterAll, beforeAll } from 'vitest';
import type { Migration } from '../../../src/domain/migration.ts';
import { systemRuntime } from '../../../src/runtime.ts';
import { startSandbox } from '../../../src/sandbox/sandbox.ts';
import type { Sandbox } from '../../../src/sandbox/server.ts';
import { nightScene } from './scene.ts';
import { type SeededGateway, startSeededGateway } from './seeded.ts';

/** The board of a gateway that holds the migrations of the night scene. Lives as long as the suite that calls this. */
export function useNightBoard() {
  let clouds: Sandbox;
  let seeded: SeededGateway;
  beforeAll(async () => {
    clouds = await startSandbox({ host: '127.0.0.1', runtime: systemRuntime, restoreMs: 300 });
    seeded = await startSeededGateway(clouds);
    await seeded.seed(nightScene);
  });
  afterAll(async () => {
    await seeded?.gateway.stop(0);
    await clouds?.close();
  });
  return {
    get url() {
      return `${seeded.gateway.url}/board/`;
    },
    get clouds() {
      return clouds;
    },
    seed: (migrations: readonly Migration[]) => seeded.seed(migrations),
    /** A change that somebody else makes, with its events. */
    change: (id: string, changes: Partial<Migration>) =>
      seeded.store.update(id, (current) => ({ ...current, ...changes })),
  };
}
