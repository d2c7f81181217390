import type { Migration } from '../../src/domain/migration.ts';
import type { BackupRequest, MigrationRequest } from '../../src/domain/request-schema.ts';
import type { Mode } from '../../src/domain/vocabulary.ts';
import type { ChangeRequestContext, MigrationService } from '../../src/engine/interface.ts';
import { createMigrationService } from '../../src/engine/service.ts';
import { workOn } from '../../src/engine/work.ts';
import type { ProviderId } from './providers.ts';
import { incrementKey, requestFor, Simulation, type SimulationOptions } from './simulation.ts';

/** The caller of these tests. */
export const caller: ChangeRequestContext = { caller: 'tests', accounts: ['*'], requestId: 'req-1' };

/** A simulation together with the service for callers. */
export interface Chain {
  readonly simulation: Simulation;
  readonly service: MigrationService;
  readonly provider: ProviderId;
  readonly mode: Mode;
  /** Submits and waits for the vendor's acceptance in virtual time. */
  create(request?: MigrationRequest): Promise<string>;
  /** Adds the increment with that number; `word` is one of the sandbox's magic words. */
  add(id: string, number: number, options?: { readonly final?: boolean; readonly word?: string }): Promise<string>;
  get(id: string): Promise<Migration>;
  until(id: string, condition: (migration: Migration) => boolean): Promise<Migration>;
}

export async function startChain(
  provider: ProviderId,
  mode: Mode = 'full_log',
  options: Partial<SimulationOptions> = {},
): Promise<Chain> {
  const simulation = await Simulation.start({ provider, ...options });
  let working = false;
  const engine = {
    start: () => undefined,
    async take(held: Parameters<typeof workOn>[1][number]) {
      working = true;
      await workOn(simulation.context, [held], () => false);
      working = false;
    },
    stop: async () => undefined,
    admits: () => true,
    draining: false,
    inFlight: 0,
  };
  // A waiting caller lets pending work run, then rounds of the worker.
  const sleep = (): Promise<void> => (working ? new Promise(() => undefined) : simulation.round());
  const cipher = {
    seal: (url: string) => ({ display: url.split('?')[0] ?? url, sealed: url }),
    open: ({ sealed }: { sealed: string }) => sealed,
  };
  const service = createMigrationService(
    { ...simulation.context, runtime: { ...simulation.context.runtime, sleep } },
    engine,
    cipher,
  );
  return {
    simulation,
    service,
    provider,
    mode,
    async create(request = requestFor(provider, mode)) {
      const result = await service.create(request, 10_000, caller);
      if ('replay' in result) throw new Error('a replay');
      return result.migration.id;
    },
    async add(id, number, { final = false, word } = {}) {
      const result = await service.addBackup(id, increment(provider, mode, number, final, word), caller);
      if ('replay' in result) throw new Error('a replay');
      return result.backup.id;
    },
    get: (id) => simulation.get(id),
    until: (id, condition) => simulation.until(id, condition),
  };
}

/** A request for an increment. The magic word becomes a folder of the key, where every cloud finds it. */
export function increment(
  provider: ProviderId,
  mode: Mode,
  number: number,
  final = false,
  word?: string,
): BackupRequest {
  const key = incrementKey(provider, mode, number, final);
  return {
    type: mode === 'full_log' ? 'log' : 'differential',
    source: {
      type: 'object_storage',
      bucket: 'acme-backups-1250000000',
      keys: [word === undefined ? key : key.replace('prod/', `prod/${word}/`)],
    },
    final,
  };
}

/** The problem that a promise rejects with. */
export async function problemOf(promise: Promise<unknown>): Promise<{ code: string; detail: string }> {
  try {
    await promise;
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    return { code, detail: message };
  }
  return { code: 'none', detail: 'it was accepted' };
}
