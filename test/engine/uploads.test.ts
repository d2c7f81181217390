import { describe, expect, it } from 'vitest';
import { isTerminal } from '../../src/domain/lifecycle.ts';
import { representMigration } from '../../src/domain/representation.ts';
import type { MigrationRequest } from '../../src/domain/request-schema.ts';
import type { Store } from '../../src/domain/store.ts';
import { tencent } from '../../src/providers/tencent/index.ts';
import { type Chain, caller, problemOf, startChain } from '../support/chain.ts';
import { requestFor } from '../support/simulation.ts';

const fullName = 'orders_20261121190000_2full2_2noreconvery2.bak';
const logName = 'orders_20261121200000_2log2_2reconvery2.bak';

function upload(mode: 'full' | 'full_log', fileName = mode === 'full' ? 'orders.bak' : fullName): MigrationRequest {
  return { ...requestFor('tencent', mode), source: { type: 'upload', fileName } };
}

async function submit(chain: Chain, request: MigrationRequest) {
  const result = await chain.service.create(request, 10_000, caller);
  if ('replay' in result) throw new Error('a replay');
  const [full] = result.migration.backups;
  return { ...result, id: result.migration.id, backupId: full?.id ?? '' };
}

const operations = (chain: Chain) => chain.simulation.exchanges.map((each) => each.split(':')[0]);

describe('an uploaded full backup at Tencent', () => {
  it('is registered, waits for its file without delaying the answer, and starts when the file arrives', async () => {
    const chain = await startChain('tencent', 'full');
    const before = chain.simulation.now;
    const { id, backupId, accepted, migration } = await submit(chain, upload('full'));
    expect(accepted).toBe(false);
    expect(chain.simulation.now - before).toBeLessThan(1000);
    expect(migration).toMatchObject({ state: 'pending', stateReason: 'awaiting_upload', dueAt: null });
    const shown = representMigration(migration, tencent);
    expect(shown.blocking.map(({ code }) => code)).toEqual(['awaiting_upload']);
    expect(shown.actions).toEqual(['cancel']);
    expect(operations(chain)).toEqual(['CreateBackupMigration']);

    const target = await chain.service.uploadTarget(id, backupId, caller);
    expect(target).toMatchObject({
      bucket: expect.stringMatching(/-\d+$/),
      key: expect.stringMatching(/\/orders\.bak$/),
    });
    expect(target.host).toBe(`${target.bucket}.cos.${target.region}.myqcloud.com`);
    expect(target.expiresAt).toBeGreaterThan(chain.simulation.now);

    expect(await chain.service.markUploaded(id, backupId, caller)).toMatchObject({ changed: true });
    expect(await chain.service.markUploaded(id, backupId, caller)).toMatchObject({ changed: false });
    const ended = await chain.until(id, isTerminal);
    expect(ended.state, JSON.stringify(ended.error)).toBe('succeeded');
    expect(chain.simulation.restores()).toHaveLength(1);
  });

  it('never puts the temporary keys into the store or events', async () => {
    const chain = await startChain('tencent', 'full');
    const { id, backupId } = await submit(chain, upload('full'));
    const { credentials } = await chain.service.uploadTarget(id, backupId, caller);
    const stored = JSON.stringify([
      await chain.simulation.store.get(id),
      await chain.simulation.store.events({ migrationId: id }, { size: 100 }),
    ]);
    for (const secret of Object.values(credentials)) expect(stored).not.toContain(secret.reveal());
  });

  it('gives upload credentials only while it waits for a file, and says why otherwise', async () => {
    const chain = await startChain('tencent', 'full');
    const { id, backupId } = await submit(chain, upload('full'));
    await chain.service.markUploaded(id, backupId, caller);
    const ask = () => problemOf(chain.service.uploadTarget(id, backupId, caller));
    expect(await ask()).toMatchObject({
      code: 'invalid_state',
      detail: expect.stringContaining('already reported as uploaded'),
    });
    await chain.until(id, (migration) => migration.state === 'restoring');
    expect((await ask()).detail).toContain('restoring');
    await chain.until(id, isTerminal);
    expect((await ask()).detail).toContain('succeeded');
    expect(await problemOf(chain.service.uploadTarget(id, 'bkp_none', caller))).toMatchObject({ code: 'not_found' });
  });

  it('gives no upload credentials for a backup in a bucket and rejects notice of an upload', async () => {
    const chain = await startChain('tencent');
    const id = await chain.create();
    const backupId = (await chain.get(id)).backups[0]?.id ?? '';
    for (const ask of [chain.service.uploadTarget, chain.service.markUploaded])
      expect(await problemOf(ask(id, backupId, caller))).toMatchObject({
        code: 'invalid_state',
        detail: 'This backup is not an upload.',
      });
  });

  it('is removed from the vendor when it is cancelled before its file arrives', async () => {
    const chain = await startChain('tencent', 'full');
    const { id } = await submit(chain, upload('full'));
    await chain.service.cancel(id, caller);
    const ended = await chain.until(id, isTerminal);
    expect(ended).toMatchObject({ state: 'cancelled', stateReason: null, blocking: [] });
    expect(operations(chain)).toContain('DeleteBackupMigration');
    expect(chain.simulation.restores()).toHaveLength(0);
  });

  it('waits for a new file after a retry, because the old one belongs to the failed attempt', async () => {
    const chain = await startChain('tencent', 'full');
    const { id, backupId } = await submit(chain, upload('full', 'orders-missing.bak'));
    await chain.service.markUploaded(id, backupId, caller);
    const failed = await chain.until(id, isTerminal);
    expect(failed).toMatchObject({ state: 'failed', error: { provider: { code: 'ResourceNotFound.BackupNotFound' } } });
    await chain.service.retry(id, {}, caller);
    const waiting = await chain.until(id, (migration) => migration.stateReason === 'awaiting_upload');
    expect(waiting.state).toBe('pending');
    expect(waiting.backups[0]).toMatchObject({ attempt: 2, uploaded: false, state: 'submitting' });
    expect(await chain.service.uploadTarget(id, backupId, caller)).toHaveProperty('key');
  });

  it('starts when notice of the file arrives just as the engine becomes idle', async () => {
    const chain = await startChain('tencent', 'full');
    const { store } = chain.simulation;
    let said = false;
    const update: Store['update'] = async (id, change, options) => {
      const [full] = (await chain.get(id)).backups;
      if (options?.release && full?.state === 'submitting' && !said) {
        said = true;
        await chain.service.markUploaded(id, full.id, caller);
      }
      return store.update(id, change, options);
    };
    Object.assign(chain.simulation.context, {
      store: new Proxy(store, {
        get: (target, name: keyof Store) => (name === 'update' ? update : target[name]),
      }),
    });
    const { id } = await submit(chain, upload('full'));
    expect(said).toBe(true);
    expect((await chain.until(id, isTerminal)).state).toBe('succeeded');
  });
});

/** A chain whose uploaded full backup is being restored. */
async function restingChain() {
  const chain = await startChain('tencent');
  const { id, backupId } = await submit(chain, upload('full_log'));
  await chain.service.markUploaded(id, backupId, caller);
  return { chain, id };
}

describe('an uploaded increment at Tencent', () => {
  it('has no upload target before its turn, then waits for its file and opens the database', async () => {
    const { chain, id } = await restingChain();
    const added = await chain.service.addBackup(
      id,
      { type: 'log', source: { type: 'upload', fileName: logName }, final: true },
      caller,
    );
    if ('replay' in added) throw new Error('a replay');
    const { id: backupId } = added.backup;
    for (const ask of [chain.service.uploadTarget, chain.service.markUploaded])
      expect(await problemOf(ask(id, backupId, caller))).toMatchObject({
        code: 'invalid_state',
        detail: expect.stringContaining('not registered'),
      });
    const waiting = await chain.until(id, (migration) => migration.stateReason === 'awaiting_upload');
    expect(waiting).toMatchObject({ state: 'awaiting_backup', dueAt: null });
    expect((await chain.service.uploadTarget(id, backupId, caller)).key).toContain(`/increment/`);
    await chain.service.markUploaded(id, backupId, caller);
    const ended = await chain.until(id, isTerminal);
    expect(ended.state, JSON.stringify(ended.error)).toBe('succeeded');
    expect(ended.backups.map(({ state }) => state)).toEqual(['restored', 'restored']);
  });

  it('can be abandoned: the chain is cancelled with a warning about the half-restored database', async () => {
    const { chain, id } = await restingChain();
    await chain.service.addBackup(
      id,
      { type: 'log', source: { type: 'upload', fileName: logName }, final: true },
      caller,
    );
    await chain.until(id, (migration) => migration.stateReason === 'awaiting_upload');
    await chain.service.cancel(id, caller);
    const ended = await chain.until(id, isTerminal);
    expect(ended.state).toBe('cancelled');
    expect(ended.warnings.map(({ code }) => code)).toEqual(['half_restored_database']);
    expect(ended.backups.map(({ state }) => state)).toEqual(['restored', 'skipped']);
  });
});

describe('the backup command', () => {
  it('is the vendor’s T-SQL at Tencent', async () => {
    const chain = await startChain('tencent');
    const command = await chain.service.backupCommand(
      'tencent',
      undefined,
      { database: 'orders', type: 'log', mode: 'full_log', final: true },
      caller,
    );
    expect(command.split('\n')).toHaveLength(3);
    expect(command).toContain('2log2_2reconvery2');
  });

  it.each(['alibaba', 'huawei'] as const)('is not needed at %s', async (provider) => {
    const chain = await startChain(provider);
    const input = { database: 'orders', type: 'full', mode: 'full', final: false } as const;
    expect(await problemOf(chain.service.backupCommand(provider, undefined, input, caller))).toMatchObject({
      code: 'unsupported_by_provider',
      detail: expect.stringContaining('tencent'),
    });
  });

  it('needs an account', async () => {
    const chain = await startChain('tencent');
    const input = { database: 'orders', type: 'full', mode: 'full', final: false } as const;
    expect(await problemOf(chain.service.backupCommand('tencent', 'nobody', input, caller))).toMatchObject({
      code: 'unknown_account',
    });
  });
});
