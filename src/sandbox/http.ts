import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SandboxRequest, SandboxResponse } from './cloud.ts';

/** Headers may contain session tokens, which can exceed Node's limit of 16 KiB. */
const maxHeaderSize = 256 * 1024;
const maxBodyBytes = 8 * 1024 * 1024;

/** Starts an HTTP server. Resolves with its base URL once it listens. `port` 0: any free port. */
export async function listen(
  host: string,
  port: number,
  onRequest: (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>,
): Promise<{ readonly url: string; readonly server: Server }> {
  const server = createServer({ maxHeaderSize, keepAliveTimeout: 65_000 }, (incoming, outgoing) => {
    onRequest(incoming, outgoing).catch((error: unknown) => {
      // An exception is a defect of the sandbox. The text distinguishes it from an emulated outage.
      if (outgoing.headersSent || outgoing.destroyed) return void outgoing.destroy();
      outgoing.writeHead(500, { 'content-type': 'text/plain' }).end(`defect in the sandbox: ${String(error)}`);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const bound = server.address() as AddressInfo;
  const name = host.includes(':') ? `[${host}]` : host;
  return { url: `http://${name}:${bound.port}`, server };
}

/** Closes a server and all its connections. */
export function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** Reads a request to its end. Throws if the caller disconnects or sends more than 8 MiB. */
export async function readRequest(incoming: IncomingMessage): Promise<SandboxRequest> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBodyBytes) throw new Error('the body is larger than 8 MiB');
    chunks.push(chunk);
  }
  const target = incoming.url ?? '/';
  const mark = target.indexOf('?');
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return {
    method: incoming.method ?? 'GET',
    path: mark === -1 ? target : target.slice(0, mark),
    query: mark === -1 ? '' : target.slice(mark + 1),
    headers,
    body: Buffer.concat(chunks).toString('utf8'),
  };
}

/** Sends head and body together, with the exact length and with `at` as the `Date` header. */
export function send(outgoing: ServerResponse, response: SandboxResponse, at: number): void {
  const body = response.bytes ?? Buffer.from(response.body);
  startAnswer(outgoing, response, at, body.length);
  outgoing.end(body);
}

/** Sends only the head. `length`: the announced length of the body in bytes. */
export function startAnswer(outgoing: ServerResponse, response: SandboxResponse, at: number, length: number): void {
  outgoing.sendDate = false;
  outgoing.writeHead(response.status, {
    ...response.headers,
    date: new Date(at).toUTCString(),
    'content-length': length,
  });
}
