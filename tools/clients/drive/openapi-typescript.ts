import createClient from 'openapi-fetch';
import type { components, paths } from '../generated/openapi-typescript';
import { key, pause, server, tell } from './request';

type MigrationRequest = components['schemas']['MigrationRequest'];

/** Members with a default are omitted. */
const body: MigrationRequest = {
  provider: 'alibaba',
  labels: { team: 'orders' },
  target: { instanceId: 'rm-scratch-a', databases: [{ name: 'openapi_typescript' }] },
  source: { type: 'object_storage', bucket: 'acme-backups', keys: ['prod/a_full.bak'] },
};

async function main(): Promise<void> {
  const client = createClient<paths>({ baseUrl: server, headers: { 'x-api-key': key } });
  const created = await client.POST('/migrations', { body });
  if (created.data === undefined) throw new Error(created.error.detail);
  const { id, labels } = created.data;
  let state: components['schemas']['MigrationState'] = created.data.state;
  while (state === 'pending' || state === 'restoring') {
    await pause();
    const read = await client.GET('/migrations/{id}', { params: { path: { id } } });
    if (read.data === undefined) throw new Error('gone');
    state = read.data.state;
  }
  const missing = await client.GET('/migrations/{id}', { params: { path: { id: `mig_${'0'.repeat(26)}` } } });
  const dryRun = await client.POST('/migrations/dry-run', { body });
  if (dryRun.data?.valid !== true) throw new Error('the dry run finds faults');
  const deleted = await client.DELETE('/migrations/{id}', { params: { path: { id } } });
  if (deleted.response.status !== 204) throw new Error(`deleted: ${deleted.response.status}`);
  tell({ labels, state, problem: missing.error?.code ?? '' });
}

void main();
