import { createServer, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A proxy in front of an emulated cloud that records every secret in requests and answers. */
export interface TappingProxy {
  readonly url: string;
  /** The secrets so far, each at least 12 characters long. */
  readonly secrets: ReadonlySet<string>;
  /** Method and path of every request, in order. */
  readonly passed: readonly string[];
  /** Answers in place of the cloud; null forwards the request. `text`: the whole request. */
  answerInstead: ((request: IncomingMessage, text: string) => { status: number; body: string } | null) | null;
  close(): Promise<void>;
}

const secretHeaders = ['x-auth-token', 'x-subject-token', 'x-security-token', 'x-acs-security-token', 'x-tc-token'];
const secretNames = /secret|password|signature(?!nonce)|token$|tmpsecret/i;

export async function tappingProxy(target: string): Promise<TappingProxy> {
  const secrets = new Set<string>();
  const passed: string[] = [];
  const note = (value: string | undefined) => {
    if (value !== undefined && value.length >= 12) secrets.add(value);
  };

  function noteHeaders(headers: IncomingHttpHeaders): void {
    for (const name of secretHeaders) note([headers[name]].flat()[0]);
    note(/Signature=([^,\s]+)/.exec(headers.authorization ?? '')?.[1]);
  }

  function noteText(text: string): void {
    for (const [name, value] of new URLSearchParams(text.replace(/^[^?]*\?/, '')))
      if (secretNames.test(name)) note(value);
    try {
      noteMembers(JSON.parse(text));
    } catch {}
  }

  function noteMembers(value: unknown): void {
    if (typeof value !== 'object' || value === null) return;
    for (const [name, member] of Object.entries(value)) {
      if (typeof member === 'string' && secretNames.test(name)) note(member);
      noteMembers(member);
    }
  }

  const server = createServer({ maxHeaderSize: 131_072 }, async (incoming, outgoing) => {
    passed.push(`${incoming.method} ${incoming.url}`);
    noteHeaders(incoming.headers);
    noteText(incoming.url ?? '');
    const body = await read(incoming);
    noteText(body.toString());
    const headers = Object.entries(incoming.headers).map(([name, value]) => `${name}: ${value}`);
    const text = [incoming.url, ...headers, body.toString()].join('\n');
    const instead = proxy.answerInstead?.(incoming, text) ?? null;
    if (instead !== null) {
      outgoing.writeHead(instead.status, { 'content-type': 'application/json' }).end(instead.body);
      return;
    }
    const onward = httpRequest(
      new URL(incoming.url ?? '/', target),
      // The signature covers the host, so it stays.
      { method: incoming.method ?? 'GET', headers: incoming.headers, maxHeaderSize: 131_072 },
      async (answer) => {
        noteHeaders(answer.headers);
        const answered = await read(answer).catch(() => null);
        if (answered === null) return outgoing.destroy();
        noteText(answered.toString());
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers).end(answered);
      },
    );
    onward.on('error', () => outgoing.destroy());
    onward.end(body);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const proxy: TappingProxy = {
    answerInstead: null,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    secrets,
    passed,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
  return proxy;
}

async function read(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
