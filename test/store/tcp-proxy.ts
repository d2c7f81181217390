import { createConnection, createServer, type Socket } from 'node:net';

/** The fate of a client message: forwarded, answer lost with the connection, or lost itself. */
export type Fate = 'forward' | 'lose_answer' | 'lose_message' | 'silence';

/** A proxy in front of PostgreSQL that loses connections at chosen messages and can be redirected. */
export interface TcpProxy {
  readonly url: string;
  /** Called for every message of a client. */
  decide: (message: string) => Fate;
  /** Sends new connections to the server of that URL. Open connections stay, as after a DNS change. */
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
