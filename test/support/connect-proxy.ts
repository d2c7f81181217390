import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

/** A proxy that opens tunnels (CONNECT) to one port of this machine, for any requested host. */
export interface ConnectProxy {
  readonly url: string;
  /** Requested hosts and ports in order, each with its credentials. */
  readonly asked: readonly { readonly host: string; readonly authorization: string | undefined }[];
  /** The status in place of a tunnel; 0 opens tunnels. */
  refuseWith: number;
  close(): Promise<void>;
}

export async function connectProxy(targetPort: number): Promise<ConnectProxy> {
  const sockets = new Set<Socket>();
  const asked: { host: string; authorization: string | undefined }[] = [];
  const server = createServer();
  server.on('connect', (request: IncomingMessage, client: Socket) => {
    sockets.add(client);
    client.on('error', () => client.destroy());
    asked.push({ host: request.url ?? '', authorization: request.headers['proxy-authorization'] });
    if (proxy.refuseWith !== 0) return client.end(`HTTP/1.1 ${proxy.refuseWith} Refused\r\n\r\n`);
    const target = connect(targetPort, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      client.pipe(target).pipe(client);
    });
    sockets.add(target);
    target.on('error', () => client.destroy());
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const proxy: ConnectProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    refuseWith: 0,
    close: () =>
      new Promise((done) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => done());
      }),
  };
  return proxy;
}
