import { type Backup, fullBackup, type Migration } from '../../../src/domain/migration.ts';
import type { BackupObservation, Observation } from '../../../src/domain/provider.ts';
import type { Dialogue } from '../../../src/domain/vendor.ts';
import { restoreErrorOf } from '../../../src/providers/kit/restore-error.ts';
import { listRequest } from './calls.ts';
import { type Restore, restoresIn } from './reply.ts';

/** One list of an instance covers all its migrations. */
export function* observe(migrations: readonly Migration[]): Dialogue<ReadonlyMap<string, Observation>> {
  const [first] = migrations;
  if (first === undefined) return new Map();
  const restores = restoresIn('ListRestores', yield listRequest(first.target.instanceId));
  return new Map(migrations.map((migration) => [migration.id, observationOf(migration, restores)]));
}

function backupOf(migration: Migration, backup: Backup, { status, reason, startedAt }: Restore): BackupObservation {
  const provider = { name: 'pelican', operation: 'ListRestores', code: status, message: reason };
  return {
    backupId: backup.id,
    state: status === 'done' ? 'restored' : status === 'failed' ? 'failed' : 'restoring',
    providerStatus: status,
    error:
      status === 'failed'
        ? restoreErrorOf({ migration, text: reason, provider: { ...provider, requestId: null, httpStatus: 200 } })
        : null,
    startedAt,
    finishedAt: null,
    refs: {},
  };
}

function observationOf(migration: Migration, restores: readonly Restore[]): Observation {
  const running = migration.backups.filter(({ state }) => state === 'restoring');
  const seen = running.flatMap((backup) => {
    const restore = restores.find(({ id }) => id === backup.providerRefs.restoreId);
    return restore === undefined ? [] : [{ backup, restore, told: backupOf(migration, backup, restore) }];
  });
  const odd = seen.some(({ restore }) => !['running', 'done', 'failed'].includes(restore.status));
  const stateOf = (backup: Backup) => seen.find((each) => each.backup.id === backup.id)?.told.state ?? backup.state;
  const full = fullBackup(migration);
  const failed = seen.find(({ backup, told }) => backup.id === full.id && told.state === 'failed');
  const opened = migration.backups.some(
    (backup) => (migration.mode === 'full' || backup.final) && stateOf(backup) === 'restored',
  );
  const phase: Observation['phase'] =
    seen.length < running.length
      ? 'missing'
      : odd
        ? 'unrecognized'
        : migration.backups.some((backup) => stateOf(backup) === 'restoring')
          ? 'restoring'
          : failed
            ? 'failed'
            : opened
              ? 'succeeded'
              : 'ready';
  return {
    phase,
    providerStatus: seen.at(-1)?.restore.status ?? '',
    percent: null,
    startedAt: null,
    finishedAt: null,
    error: failed?.told.error ?? null,
    backups: seen.map(({ told }) => told),
    warnings: [],
  };
}
