import { fastify } from 'fastify';
import { ready } from '../child.ts';
import { sdkClients } from './sdk-clients.ts';

/** The alternative to Godwit: a handler around the official SDKs. It accepts the gateway's request and stores nothing. */
interface Body {
  readonly provider: 'alibaba' | 'huawei' | 'tencent';
  readonly target: { readonly instanceId: string; readonly databases?: readonly { readonly name: string }[] };
  readonly source: { readonly bucket: string; readonly keys: readonly string[] };
}

const clients = sdkClients(process.argv[2] ?? '');
const app = fastify();
app.post<{ Body: Body }>('/migrations', async (request, reply) => {
  const { provider, target, source } = request.body;
  const id = await clients[provider]({
    instanceId: target.instanceId,
    database: target.databases?.[0]?.name ?? '',
    bucket: source.bucket,
    key: source.keys[0] ?? '',
  });
  return reply.code(201).send({ id, provider, target, source, state: 'restoring' });
});
await app.listen({ host: '127.0.0.1', port: 0 });
ready(app.server);
