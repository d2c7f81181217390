import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { systemRuntime } from '../../src/runtime.ts';
import type { Choices } from './random.ts';

/**
 * The only way to a PostgreSQL server. The server goes away right after a commit, with the commit's answer or before
 * it, and comes back.
 */
export interface UnsteadyStore {
  /** The server's URL by this way. */
  readonly url: string;
  /** How often the server has gone away. */
  readonly outages: number;
  /** From now on the server goes away every few seconds. */
  begin(random: Choices): void;
  /** No more outages. */
  calm(): Promise<void>;
  close(): Promise<void>;
}

/** A process that is still starting cannot do without its store: connections younger than this stay. */
const youngMs = 2500;
/** How long the server is away. Connections that are asked for meanwhile wait. */
const away = { fromMs: 300, toMs: 2500 };

interface Link {
  readonly client: Socket;
  readonly server: Socket;
  readonly since: number;
}

/** `target`: the URL of the server. All times are stretched by `pace`. */
export async function unsteadyStore(target: string, pace: number): Promise<UnsteadyStore> {
  const links = new Set<Link>();
  const stopped = new AbortController();
  let back: Promise<void> = Promise.resolve();
  let armed: { readonly answer: 'kept' | 'lost'; readonly awayMs: number } | null = null;
  let outages = 0;
  let blowing: Promise<void> = Promise.resolve();
  const { hostname, port } = new URL(target);

  function goAway(awayMs: number): void {
    outages++;
    back = systemRuntime.sleep(awayMs);
    for (const { client, server, since } of links) {
      if (systemRuntime.now() - since < youngMs * pace) continue;
      client.destroy();
      server.destroy();
    }
  }

  const relay = createServer(async (client) => {
    client.on('error', () => undefined);
    await back;
    const server = connect(Number(port), hostname);
    server.on('error', () => client.destroy());
    const link = { client, server, since: systemRuntime.now() };
    links.add(link);
    let committing: typeof armed = null;
    client.on('data', (bytes: Buffer) => {
      const old = systemRuntime.now() - link.since >= youngMs * pace;
      if (armed !== null && old && /\bcommit\b/i.test(bytes.toString('latin1'))) {
        committing = armed;
        armed = null;
      }
      server.write(bytes);
    });
    server.on('data', (bytes: Buffer) => {
      // The server has answered, so the commit has taken place.
      if (committing?.answer !== 'lost') client.write(bytes);
      if (committing === null) return;
      const { awayMs } = committing;
      committing = null;
      setImmediate(() => goAway(awayMs));
    });
    client.on('close', () => {
      links.delete(link);
      server.destroy();
    });
    server.on('close', () => client.destroy());
  });
  await new Promise<void>((done) => relay.listen(0, '127.0.0.1', done));
  const url = new URL(target);
  url.hostname = '127.0.0.1';
  url.port = String((relay.address() as AddressInfo).port);

  return {
    url: url.href,
    get outages() {
      return outages;
    },
    begin(random) {
      blowing = (async () => {
        while (!stopped.signal.aborted) {
          await systemRuntime.sleep(random.between(500, 3000) * pace, stopped.signal);
          armed = { answer: random.pick(['kept', 'lost'] as const), awayMs: random.between(away.fromMs, away.toMs) };
        }
        armed = null;
      })();
    },
    async calm() {
      stopped.abort();
      await blowing;
      await back;
    },
    async close() {
      for (const { client, server } of links) {
        client.destroy();
        server.destroy();
      }
      await new Promise((done) => relay.close(done));
    },
  };
}
