import { createServer } from 'node:http';
import { ready } from '../child.ts';

/** A webhook receiver that accepts everything at once. `GET /` returns the number of messages and the times of the first and the last. */
const seen = { count: 0, first: 0, last: 0 };
const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  if (request.method === 'GET') {
    response.end(JSON.stringify(seen));
    return;
  }
  request.resume().on('end', () => {
    seen.last = performance.now();
    if (seen.count++ === 0) seen.first = seen.last;
    response.writeHead(204).end();
  });
});
server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => ready(server));
