import { readFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';

const file = (name: string): string => readFileSync(`${import.meta.dirname}/tls/${name}`, 'utf8');

/** The certificate of the authority that signed the receiver's certificate. */
export const receiverAuthority = file('receiver-ca.pem');
/** The certificate of an unrelated authority. */
export const otherAuthority = file('ca.pem');

export interface ReceivedMessage {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A receiver of webhooks on 127.0.0.1 with TLS and a certificate of a private authority. It answers 204. */
export interface WebhookReceiver {
  readonly url: string;
  readonly messages: readonly ReceivedMessage[];
  close(): Promise<void>;
}

export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const messages: ReceivedMessage[] = [];
  const server = createServer({ key: file('receiver.key'), cert: file('receiver.pem') }, async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    messages.push({ headers: request.headers, body });
    response.writeHead(204).end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/godwit?right=PATH-CANARY`,
    messages,
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
