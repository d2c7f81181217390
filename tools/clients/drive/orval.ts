import {
  createMigration,
  deleteMigration,
  dryRunMigration,
  getMigration,
  type MigrationRequest,
  type MigrationState,
} from '../generated/orval';
import { key, pause, server, tell } from './request';

const body: MigrationRequest = {
  provider: 'tencent',
  labels: { team: 'orders' },
  target: { instanceId: 'mssql-scratch1', databases: [{ name: 'orval' }] },
  source: { type: 'object_storage', bucket: 'acme-backups-1250000000', keys: ['prod/orval.bak'] },
};

async function main(): Promise<void> {
  // The generated functions contain paths only; the caller adds the server and the key.
  const { fetch: send } = globalThis;
  globalThis.fetch = (path, init) =>
    send(new URL(String(path), server), { ...init, headers: { ...init?.headers, authorization: `Bearer ${key}` } });
  const created = await createMigration(body);
  if (created.status !== 201 && created.status !== 202) throw new Error(JSON.stringify(created.data));
  const { id, labels } = created.data;
  let state: MigrationState = created.data.state;
  while (state === 'pending' || state === 'restoring') {
    await pause();
    const read = await getMigration(id);
    if (read.status !== 200) throw new Error('gone');
    state = read.data.state;
  }
  const missing = await getMigration(`mig_${'0'.repeat(26)}`);
  const dryRun = await dryRunMigration(body);
  if (dryRun.status !== 200 || !dryRun.data.valid) throw new Error('the dry run finds faults');
  const deleted = await deleteMigration(id);
  if (deleted.status !== 204) throw new Error(`deleted: ${deleted.status}`);
  tell({ labels, state, problem: missing.status === 404 ? missing.data.code : '' });
}

void main();
