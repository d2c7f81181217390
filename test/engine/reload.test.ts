import { afterEach, expect, it } from 'vitest';
import type { Migration } from '../../src/domain/migration.ts';
import type { MigrationRequest } from '../../src/domain/request-schema.ts';
import { Secret } from '../../src/domain/secret.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { openStore } from '../../src/store/open.ts';
import { emulatedCredentials } from '../support/emulated-accounts.ts';
import { caller, Fleet, type FleetOptions } from '../support/fleet.ts';
import { requestFor } from '../support/simulation.ts';
import { onBothStores } from '../support/stores.ts';
import type { StrictLimit } from '../support/strict-limits.ts';

const limits: FleetOptions['limits'] = {
  alibaba: { readsPerSecond: 5, writesPerSecond: 2 },
  huawei: { readsPerSecond: 5, writesPerSecond: 1 },
  tencent: { readsPerSecond: 10, writesPerSecond: 20 },
};
const strict = (operation: string): StrictLimit => ({ calls: /^Create/.test(operation) ? 2 : 5, perMs: 1000 });

/** A database under other load answers slowly. */
const timeout = 60_000;

let fleet: Fleet;
afterEach(() => fleet.stop());

function onInstance(number: number, mode: MigrationRequest['mode'] = 'full'): MigrationRequest {
  const request = requestFor('alibaba', mode);
  return { ...request, target: { ...request.target, instanceId: `rm-${String(number).padStart(16, '0')}` } };
}

const get = (id: string): Promise<Migration> => fleet.service.get(id, caller);
const effects = () => fleet.clouds.alibaba.journal().map(({ effect }) => effect);

await onBothStores('a configuration that changes, in virtual time', (newUrl) => {
  const start = async (more: Partial<FleetOptions> = {}): Promise<void> => {
    const store = await openStore(await newUrl(), { runtime: systemRuntime });
    fleet = await Fleet.start({ limits, strict, restoreMs: 600_000, stores: [store], ...more });
  };

  it('repeatedly during a burst of creations causes no throttled call and neither loses nor repeats one', {
    timeout,
  }, async () => {
    await start();
    for (let number = 0; number < 20; number++) await fleet.submit(onInstance(number));
    const started = async () =>
      (await fleet.store.list({}, { size: 200, order: 'oldest_first' })).filter(({ state }) => state === 'restoring');
    for (let reload = 0; reload < 100 && (await started()).length < 20; reload++) {
      await fleet.time.pass(270);
      fleet.configure('ali', (account) => account);
    }
    expect(await started()).toHaveLength(20);
    expect(effects()).toEqual(Array(20).fill('restore'));
    expect(fleet.clouds.alibaba.throttled()).toEqual([]);
  });

  it('without an account marks its migrations, sends nothing, and continues them when the account is back', {
    timeout,
  }, async () => {
    await start({ restoreMs: 20_000 });
    const resting = await fleet.submit(onInstance(1, 'full_log'));
    await fleet.time.pass(90_000);
    expect((await get(resting)).state).toBe('awaiting_backup');
    const running = await fleet.submit(onInstance(2));
    fleet.configure('ali', null);
    const before = fleet.exchanged.length;
    await fleet.time.pass(180_000);
    expect(fleet.exchanged.length).toBe(before);
    for (const id of [resting, running])
      expect((await get(id)).blocking).toMatchObject([{ code: 'account_not_configured' }]);
    await expect(fleet.service.create(onInstance(3), 0, caller)).rejects.toMatchObject({ code: 'unknown_account' });

    fleet.configure('ali', (account) => account);
    await fleet.time.pass(75_000);
    expect((await get(running)).state).toBe('succeeded');
    expect((await get(resting)).blocking).toEqual([]);
    await fleet.time.until(fleet.service.cutOver(resting, {}, caller));
    await fleet.time.pass(90_000);
    expect((await get(resting)).state).toBe('succeeded');
    expect(effects().sort()).toEqual(['opened', 'restore', 'restore']);
  });

  it('with another cloud under an account’s name sends that cloud nothing of earlier migrations', {
    timeout,
  }, async () => {
    await start({ restoreMs: 20_000 });
    const running = await fleet.submit(onInstance(1));
    const before = fleet.exchanged.length;
    fleet.configure('ali', (account) => ({ ...account, endpoints: { rds: 'http://127.0.0.1:9' } }));
    await fleet.time.pass(75_000);
    expect(fleet.exchanged.length).toBe(before);
    expect((await get(running)).blocking).toMatchObject([{ code: 'account_not_configured' }]);
    fleet.configure('ali', (account) => ({ ...account, endpoints: { rds: 'http://127.0.0.1:1' } }));
    await fleet.time.pass(75_000);
    expect((await get(running)).state).toBe('succeeded');
  });

  it('from rejected keys to valid ones resumes all work without help', { timeout }, async () => {
    await start({ restoreMs: 20_000 });
    const id = await fleet.submit(onInstance(1));
    fleet.credentials = {
      ...emulatedCredentials,
      alibaba: { provider: 'alibaba', accessKeyId: 'nobody', accessKeySecret: new Secret('not the secret') },
    };
    fleet.configure('ali', (account) => account);
    await fleet.time.pass(30_000);
    expect(await get(id)).toMatchObject({ state: 'restoring', blocking: [{ code: 'provider_auth_failed' }] });
    await expect(fleet.time.until(fleet.service.create(onInstance(2), 10_000, caller))).rejects.toMatchObject({
      code: 'provider_auth_failed',
    });
    fleet.credentials = emulatedCredentials;
    fleet.configure('ali', (account) => account);
    await fleet.time.pass(75_000);
    expect(await get(id)).toMatchObject({ state: 'succeeded', blocking: [] });
    expect(effects()).toEqual(['restore']);
  });
});
