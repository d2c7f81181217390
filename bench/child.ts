import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Reports this child's address to the parent. */
export function ready(server: Pick<Server, 'address'>): void {
  const { port } = server.address() as AddressInfo;
  process.send?.({ url: `http://127.0.0.1:${port}` });
}

/** Executes the parent's requests one after another and sends back the results. */
export function serve(work: (request: never) => unknown): void {
  process.on('message', async (request) => {
    process.send?.({ answer: await work(request as never) });
  });
  process.send?.({});
}
