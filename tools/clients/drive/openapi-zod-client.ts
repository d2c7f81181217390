import { createApiClient, schemas } from '../generated/openapi-zod-client';
import { key, pause, server, tell } from './request';

const body = {
  provider: 'alibaba' as const,
  labels: { team: 'orders' },
  target: { instanceId: 'rm-scratch-z', databases: [{ name: 'openapi_zod_client' }] },
  source: { type: 'object_storage' as const, bucket: 'acme-backups', keys: ['prod/z_full.bak'] },
};

async function main(): Promise<void> {
  const client = createApiClient(server, { axiosConfig: { headers: { 'x-api-key': key } } });
  // The client would drop members that its schemas lack.
  const parsed = schemas.MigrationRequest.parse(body);
  const created = await client.post('/migrations', parsed);
  const { id, labels } = created;
  let { state } = created;
  while (state === 'pending' || state === 'restoring') {
    await pause();
    state = (await client.get('/migrations/:id', { params: { id } })).state;
  }
  const dryRun = await client.post('/migrations/dry-run', parsed);
  if (!dryRun.valid) throw new Error('the dry run finds faults');
  let problem = '';
  try {
    await client.get('/migrations/:id', { params: { id: `mig_${'0'.repeat(26)}` } });
  } catch (error) {
    const { response } = error as { response?: { data?: { code?: string } } };
    problem = response?.data?.code ?? '';
  }
  await client.delete('/migrations/:id', undefined, { params: { id } });
  tell({ labels, state, problem });
}

void main();
