import { once } from 'node:events';
import { connect } from 'node:net';

const endOfHeaders = '\r\n\r\n';

/**
 * Milliseconds from each of `count` GET requests, one after the other on one connection, to the last byte of its response. The client reads bytes
 * from the socket and nothing else, because the garbage collections of an HTTP client in this process take longer than most responses. Rejects on
 * a status other than 200.
 */
export async function latencies(url: string, path: string, count: number): Promise<readonly number[]> {
  const { hostname, port, host } = new URL(url);
  const socket = connect(Number(port), hostname).setNoDelay(true);
  await once(socket, 'connect');
  const request = Buffer.from(`GET ${path} HTTP/1.1\r\nhost: ${host}\r\naccept-encoding: gzip\r\n\r\n`);
  const times: number[] = [];
  try {
    while (times.length < count) {
      const began = performance.now();
      socket.write(request);
      await response();
      times.push(performance.now() - began);
    }
    return times;
  } finally {
    socket.destroy();
  }

  function response(): Promise<void> {
    return new Promise((resolve, reject) => {
      let missing: number | null = null;
      const read = (bytes: Buffer): void => {
        missing = (missing ?? lengthOf(bytes)) - bytes.length;
        if (missing === 0) settle();
        else if (!(missing > 0)) settle(new Error(`${path}: ${bytes.toString('latin1', 0, 500)}`));
      };
      const settle = (error?: Error): void => {
        socket.off('data', read).off('error', settle);
        if (error === undefined) resolve();
        else reject(error);
      };
      socket.on('data', read).on('error', settle);
    });
  }
}

/** The bytes of a response that begins here with all its headers; NaN: it is not 200, or has no length. */
function lengthOf(bytes: Buffer): number {
  const end = bytes.indexOf(endOfHeaders);
  const headers = bytes.toString('latin1', 0, end);
  if (end < 0 || !headers.startsWith('HTTP/1.1 200 ')) return Number.NaN;
  const length = /^content-length: (\d+)\r?$/im.exec(headers)?.[1];
  return length === undefined ? Number.NaN : end + endOfHeaders.length + Number(length);
}
