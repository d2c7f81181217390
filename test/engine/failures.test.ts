import { describe, expect, it } from 'vitest';
import { isTerminal } from '../../src/domain/lifecycle.ts';
import type { RestoreErrorCode } from '../../src/domain/restore-errors.ts';
import type { ProviderId } from '../support/providers.ts';
import { requestFor, Simulation } from '../support/simulation.ts';

const providerIds = ['alibaba', 'huawei', 'tencent'] as const;

/** Magic words with the same cause at every emulated cloud, and the code of that cause. */
const causes: readonly [string, RestoreErrorCode][] = [
  ['corrupt', 'backup_corrupt_or_newer'],
  ['no-space', 'insufficient_space'],
  ['denied', 'source_access_denied'],
  ['striped', 'backup_striped'],
  ['encrypted', 'encrypted_backup'],
];

/** Words whose cause only some vendors report this way, or report by refusing the call. */
const words: readonly [ProviderId, string, string][] = [
  ...causes.flatMap(([word, code]) => providerIds.map((id): [ProviderId, string, string] => [id, word, code])),
  ['alibaba', 'newer-version', 'backup_corrupt_or_newer'],
  ['alibaba', 'missing', 'provider_rejected'],
  ['alibaba', 'wrong-kind', 'wrong_backup_kind'],
  ['alibaba', 'count-limit', 'database_limit_reached'],
  ['alibaba', 'edition', 'edition_unsupported'],
  ['alibaba', 'storage-class', 'provider_rejected'],
  ['alibaba', 'exceed-disk', 'provider_rejected'],
  ['alibaba', 'daily-limit', 'provider_rejected'],
  ['huawei', 'newer-version', 'newer_version'],
  ['huawei', 'missing', 'source_missing_or_archived'],
  ['tencent', 'newer-version', 'newer_version'],
  ['tencent', 'missing', 'provider_rejected'],
];

describe('a failure at the vendor', () => {
  it.each(words)(
    'at %s, for a key with `%s`, has the code %s, a plain explanation and the vendor’s words',
    async (provider, word, code) => {
      const simulation = await Simulation.start({ provider });
      const id = await simulation.submit(requestFor(provider, 'full', `prod/${word}-orders.bak`));
      const ended = await simulation.until(id, isTerminal);
      expect(ended.state).toBe('failed');
      expect(ended.error?.code, JSON.stringify(ended.error)).toBe(code);
      expect(ended.error?.detail.length).toBeGreaterThan(20);
      expect(ended.error?.provider).toMatchObject({ name: provider });
      expect(ended.error?.provider?.message ?? ended.error?.provider?.code).toBeTruthy();
      expect(ended.finishedAt).not.toBeNull();
      expect(ended.backups[0]?.state).toBe('failed');
    },
  );

  it('names a database that already exists', async () => {
    const simulation = await Simulation.start({ provider: 'alibaba' });
    await simulation.until(await simulation.submit(requestFor('alibaba')), isTerminal);
    const second = await simulation.until(
      await simulation.submit(requestFor('alibaba', 'full', 'prod/orders_again.bak')),
      isTerminal,
    );
    expect(second.error?.code).toBe('target_database_exists');
  });

  it('keeps the state while the vendor reports an unknown status and continues after a known one', async () => {
    for (const provider of ['alibaba', 'huawei', 'tencent'] as const) {
      const simulation = await Simulation.start({ provider });
      const id = await simulation.submit(requestFor(provider, 'full', 'prod/odd-status-orders.bak'));
      const odd = await simulation.until(id, (migration) => migration.stateReason === 'unrecognized_provider_status');
      expect(odd.state).toBe('restoring');
      expect(odd.blocking[0]?.detail).toContain(String(odd.providerStatus));
      expect((await simulation.until(id, isTerminal)).state).toBe('succeeded');
    }
  });
});
