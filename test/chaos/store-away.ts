import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { systemRuntime } from '../../src/runtime.ts';
import type { Choices } from './random.ts';

/**
 * A proxy in front of a PostgreSQL server, which disconnects it right after a commit, with or without the commit's
 * answer, and reconnects it.
 */
export interface UnsteadyStore {
  /** The server's URL through the proxy. */
  readonly url: string;
  /** The number of outages so far. */
  readonly outages: number;
  /** Starts an outage every few seconds. */
  begin(random: Choices): void;
  /** Stops the outages. */
  calm(): Promise<void>;
  close(): Promise<void>;
}

/** A starting process needs its store, so younger connections survive. In milliseconds. */
const youngMs = 2500;
/** Length of an outage, in milliseconds. New connections wait until its end. */
const away = { fromMs: 300, toMs: 2500 };

interface Link {
  readonly client: Socket;
  readonly server: Socket;
  readonly since: number;
}

/** `target`: the URL of the server. Every time is multiplied by `pace`. */
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
      // The server has answered, so the commit took effect.
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
