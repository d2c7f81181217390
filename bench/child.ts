import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Tells the parent where this child listens. */
export function ready(server: Pick<Server, 'address'>): void {
  const { port } = server.address() as AddressInfo;
  process.send?.({ url: `http://127.0.0.1:${port}` });
}

/** Does what the parent asks for, one request after the other, and answers with what came of it. */
export function serve(work: (request: never) => unknown): void {
  process.on('message', async (request) => {
    process.send?.({ answer: await work(request as never) });
  });
  process.send?.({});
}
