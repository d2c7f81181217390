import { createMigration, deleteMigration, dryRunMigration, getMigration } from '../generated/hey-api';
import { client } from '../generated/hey-api/client.gen';
import type { MigrationRequest, MigrationState } from '../generated/hey-api/types.gen';
import { key, pause, server, tell } from './request';

const body: MigrationRequest = {
  provider: 'huawei',
  labels: { team: 'orders' },
  target: { instanceId: 'scratch-bin04', databases: [{ name: 'hey_api' }] },
  source: { type: 'object_storage', bucket: 'acme-backups', keys: ['prod/hey_api_full.bak'] },
};

async function main(): Promise<void> {
  // The key is sent for every security scheme of the document: two headers with the same key.
  client.setConfig({ baseUrl: server, auth: () => key });
  const created = await createMigration({ body });
  if (created.data === undefined) throw new Error(JSON.stringify(created.error));
  const { id, labels } = created.data;
  let state: MigrationState = created.data.state;
  while (state === 'pending' || state === 'restoring') {
    await pause();
    const read = await getMigration({ path: { id } });
    if (read.data === undefined) throw new Error('gone');
    state = read.data.state;
  }
  const missing = await getMigration({ path: { id: `mig_${'0'.repeat(26)}` } });
  const dryRun = await dryRunMigration({ body });
  if (dryRun.data?.valid !== true) throw new Error('the dry run finds faults');
  const deleted = await deleteMigration({ path: { id } });
  if (deleted.response?.status !== 204) throw new Error(`deleted: ${deleted.response?.status}`);
  tell({ labels, state, problem: missing.error?.code ?? '' });
}

void main();
