import { createGodwit, isGodwitError } from './src/index.ts';

const godwit = createGodwit({
  url: process.env.GODWIT_URL ?? 'http://127.0.0.1:8080',
  credential: process.env.GODWIT_API_KEY,
});

try {
  const { data: created } = await godwit.POST('/migrations', {
    body: {
      provider: 'tencent',
      labels: { team: 'orders' },
      target: { instanceId: 'mssql-scratch2' },
      source: { type: 'object_storage', bucket: 'acme-backups-1250000000', keys: ['prod/orders.bak'] },
    },
  });
  for await (const { state, progress } of godwit.watch(created.id)) console.log(state, progress.percent);

  const ended = await godwit.waitFor(created.id, { timeoutMs: 3_600_000 });
  if (ended.state === 'failed') console.log(ended.error?.code, ended.error?.provider?.message);

  for await (const { id, finishedAt } of godwit.paginate('/migrations', {
    params: { query: { state: ['succeeded', 'failed'], labels: { team: 'orders' } } },
  }))
    console.log(id, finishedAt);
} catch (error) {
  if (!isGodwitError(error)) throw error;
  switch (error.code) {
    case 'target_busy':
      console.log(`${error.document.migrationId} is at work on this database`);
      break;
    case 'unreachable':
      console.log(error.message);
      break;
    default:
      throw error;
  }
}
