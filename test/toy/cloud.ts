import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Restore {
  readonly id: string;
  readonly name: string;
  readonly instance: string;
  readonly database: string;
  readonly file: string;
  readonly last: boolean;
  readonly after: string | null;
  readonly startedAt: number;
}

interface Reply {
  readonly status: number;
  readonly body: unknown;
}

const refusal = (status: number, code: string, message: string): Reply => ({
  status,
  body: { error: { code, message } },
});

/** The emulated Pelican Cloud, a vendor of these tests: one restore per backup file, found by name. */
export async function startPelicanCloud(key: string, restoreMs = 150) {
  const restores: Restore[] = [];
  const ended = ({ startedAt }: Restore): boolean => Date.now() - startedAt >= restoreMs;
  const failed = ({ file }: Restore): boolean => file.includes('corrupt');
  const shown = (restore: Restore) => ({
    id: restore.id,
    name: restore.name,
    status: !ended(restore) ? 'running' : failed(restore) ? 'failed' : 'done',
    reason: ended(restore) && failed(restore) ? 'Msg 3241: the media family is incorrectly formed' : null,
    startedAt: new Date(restore.startedAt).toISOString(),
  });

  function create(wanted: Omit<Restore, 'id' | 'startedAt'>): Reply {
    const { instance, name, after } = wanted;
    const here = restores.filter((restore) => restore.instance === instance);
    if (!/^pel-[a-z0-9]+$/.test(instance)) return refusal(404, 'NoSuchInstance', 'There is no such instance.');
    if (here.some((restore) => restore.name === name)) return refusal(409, 'NameTaken', 'The name is taken.');
    if (here.some((restore) => !ended(restore))) return refusal(409, 'InstanceBusy', 'A restore runs already.');
    const before = here.find((restore) => restore.name === after);
    if (after !== null && (before === undefined || before.last || failed(before)))
      return refusal(422, 'ChainBroken', 'The restore that this one follows is not there, or has opened the database.');
    const restore = { ...wanted, id: `r${restores.length + 1}`, startedAt: Date.now() };
    restores.push(restore);
    return { status: 201, body: { restore: { id: restore.id } } };
  }

  async function answer(request: IncomingMessage): Promise<Reply> {
    if (request.headers.authorization !== `Pelican ${key}`) return refusal(401, 'BadKey', 'The key is not known.');
    const url = new URL(request.url ?? '/', 'http://pelican');
    if (url.pathname !== '/restores') return refusal(404, 'NoSuchPath', 'There is nothing here.');
    if (request.method === 'GET') {
      const instance = url.searchParams.get('instance');
      return { status: 200, body: { restores: restores.filter((each) => each.instance === instance).map(shown) } };
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    return create(JSON.parse(Buffer.concat(chunks).toString()));
  }

  const server = createServer((request, response) => {
    void answer(request).then(({ status, body }) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** All restored files, in order. */
    restores: restores as readonly Restore[],
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
