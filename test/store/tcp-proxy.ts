import { createConnection, createServer, type Socket } from 'node:net';

/** What becomes of a message of the client: it goes on, its answer is lost with the connection, or it is lost itself. */
export type Fate = 'forward' | 'lose_answer' | 'lose_message' | 'silence';

/** A server between a client and PostgreSQL that can lose connections at a chosen message, and be made to lead elsewhere. */
export interface TcpProxy {
  readonly url: string;
  /** Asked for every message of a client. */
  decide: (message: string) => Fate;
  /** New connections go to the server of that URL; those that stand stay where they are, as after a change of a name. */
  leadTo(target: string): void;
  close(): Promise<void>;
}

export async function startProxy(target: string): Promise<TcpProxy> {
  let leadsTo = new URL(target);
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = createConnection({ host: leadsTo.hostname, port: Number(leadsTo.port || 5432) });
    let silent = false;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    upstream.on('data', (data) => {
      if (!silent) client.write(data);
    });
    client.on('data', (data) => {
      const fate = proxy.decide(data.toString('latin1'));
      if (fate === 'silence') silent = true;
      if (fate === 'lose_message') upstream.destroy();
      else if (!silent) upstream.write(data);
      if (fate === 'lose_answer') upstream.removeAllListeners('data').once('data', () => upstream.destroy());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const url = new URL(target);
  url.hostname = '127.0.0.1';
  url.port = String(typeof address === 'object' ? address?.port : '');
  const proxy: TcpProxy = {
    url: url.href,
    decide: () => 'forward',
    leadTo(to) {
      leadsTo = new URL(to);
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
}
