import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Runtime } from '../../src/domain/runtime.ts';
import type { CloudName, JournalEntry, SandboxCloud, SandboxEnvironment } from '../../src/sandbox/cloud.ts';
import { type FaultKind, faultEffects } from '../../src/sandbox/faults.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { type Sandbox, type SandboxOptions, startClouds } from '../../src/sandbox/server.ts';

const start = Date.parse('2026-11-21T12:00:00Z');
let slept: number[];
let stateDirectory: string;
const open: Sandbox[] = [];

const runtime: Runtime = {
  now: () => start,
  monotonic: () => start,
  randomBytes: (count) => new Uint8Array(count),
  uuid: () => '00000000-0000-4000-8000-000000000000',
  sleep: async (ms) => void slept.push(ms),
};

/** A cloud that counts its changes: `POST` changes something, `GET` only reads. */
function counter(name: CloudName) {
  return (environment: SandboxEnvironment): SandboxCloud => {
    const journal = [...((environment.restored as JournalEntry[] | undefined) ?? [])];
    const json = (status: number, value: unknown) => ({
      status,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(value),
    });
    return {
      name,
      handle: ({ method, query, headers, body }) => {
        if (query === 'defect') throw new Error('a defect');
        if (method === 'POST') {
          const entry = {
            effect: 'restore',
            operation: 'Make',
            instanceId: 'i',
            subject: body,
            requestId: 'r',
          } as const;
          journal.push({ at: environment.now(), cloud: name, taskId: String(journal.length + 1), ...entry });
        }
        const lag = environment.listLagMs();
        return json(200, { done: journal.length, lag, query, body, host: headers.host, big: headers['x-big']?.length });
      },
      fault: (kind) => json(kind === 'throttled' ? 429 : 503, { kind }),
      refuse: ({ code, status }) => json(status ?? 400, { code }),
      carryOut: () => ({ status: 200, headers: {}, body: '{}' }),
      operationOf: ({ method }) => (method === 'POST' ? 'Make' : 'Show'),
      journal: () => journal,
      snapshot: () => journal,
    };
  };
}

async function begin(options: Partial<SandboxOptions> = {}): Promise<Sandbox> {
  const factories = { alibaba: counter('alibaba'), huawei: counter('huawei'), tencent: counter('tencent') };
  const sandbox = await startClouds(factories, { host: '127.0.0.1', runtime, restoreMs: 1000, ...options });
  open.push(sandbox);
  return sandbox;
}

const make = (sandbox: Sandbox, cloud: CloudName = 'alibaba') =>
  fetch(sandbox[cloud].url, { method: 'POST', body: 'x' });
const admin = async (sandbox: Sandbox, method: string, path: string, body?: unknown) => {
  const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
  const answer = await fetch(`${sandbox.admin.url}${path}`, init);
  return { status: answer.status, json: await answer.json() };
};

/** A server on a port whose predecessor nobody uses. */
async function takePortAfterFreeOne(): Promise<{ blocker: Server; port: number }> {
  for (;;) {
    const blocker = createServer().listen(0, '127.0.0.1');
    await once(blocker, 'listening');
    const { port } = blocker.address() as AddressInfo;
    const before = createServer().listen(port - 1, '127.0.0.1');
    // `once` rejects on `error`, the event of a port in use.
    const free = await once(before, 'listening').then(
      () => true,
      () => false,
    );
    before.close();
    if (free) return { blocker, port };
    blocker.close();
  }
}

beforeEach(() => {
  slept = [];
  stateDirectory = mkdtempSync(join(tmpdir(), 'sandbox-'));
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((sandbox) => sandbox.close()));
  rmSync(stateDirectory, { recursive: true });
});

describe('the servers', () => {
  it('pass on the raw request and date the response by the cloud’s clock', async () => {
    const sandbox = await begin();
    sandbox.setClock('huawei', 3_600_000);
    const answer = await fetch(`${sandbox.huawei.url}/v5?a=%20b&c`, { method: 'POST', body: 'é' });
    expect(answer.headers.get('date')).toBe('Sat, 21 Nov 2026 13:00:00 GMT');
    expect(await answer.json()).toMatchObject({ query: 'a=%20b&c', body: 'é', host: sandbox.huawei.url.slice(7) });
  });

  it('accept headers far above the usual size', async () => {
    const sandbox = await begin();
    const answer = await fetch(sandbox.huawei.url, { headers: { 'x-big': 'x'.repeat(120_000) } });
    expect(await answer.json()).toMatchObject({ big: 120_000 });
  });

  it('report an exception in an emulator', async () => {
    const sandbox = await begin();
    const answer = await fetch(`${sandbox.alibaba.url}/?defect`);
    expect([answer.status, await answer.text()]).toEqual([500, 'defect in the sandbox: Error: a defect']);
  });

  it('leave no port open when one of the ports is taken', async () => {
    const { blocker, port } = await takePortAfterFreeOne();
    await expect(begin({ port: port - 1 })).rejects.toThrow('EADDRINUSE');
    await expect(fetch(`http://127.0.0.1:${port - 1}/`)).rejects.toThrow();
    blocker.close();
  });

  it('start with the three emulated clouds', async () => {
    const sandbox = await startSandbox({ host: '127.0.0.1', runtime, restoreMs: 1000 });
    open.push(sandbox);
    for (const cloud of ['alibaba', 'huawei', 'tencent'] as const) {
      const answer = await fetch(`${sandbox[cloud].url}/nonsense`);
      expect(answer.status).toBeGreaterThanOrEqual(200);
      expect(answer.status).toBeLessThan(500);
      expect(answer.headers.get('date')).toBe('Sat, 21 Nov 2026 12:00:00 GMT');
    }
    expect(sandbox.journal()).toEqual([]);
  });
});

describe('faults', () => {
  /** What a caller sees: status and body, or that the answer was incomplete. */
  const seen: Readonly<Record<FaultKind, { status: number; body: unknown } | 'no answer'>> = {
    throttled: { status: 429, body: '{"kind":"throttled"}' },
    unavailable_before: { status: 503, body: '{"kind":"unavailable"}' },
    unavailable_after: { status: 503, body: '{"kind":"unavailable"}' },
    internal_error_before: { status: 503, body: '{"kind":"internal_error"}' },
    internal_error_after: { status: 503, body: '{"kind":"internal_error"}' },
    vendor_error_before: { status: 418, body: '{"code":"Odd"}' },
    vendor_error_after: { status: 418, body: '{"code":"Odd"}' },
    drop_before: 'no answer',
    drop_after: 'no answer',
    reset_before: 'no answer',
    reset_after: 'no answer',
    delay_before: { status: 200, body: expect.stringContaining('"done":1') },
    delay_after: { status: 200, body: expect.stringContaining('"done":1') },
    garbage_html_before: { status: 418, body: expect.stringContaining('<html>') },
    garbage_html_after: { status: 418, body: expect.stringContaining('<html>') },
    truncated: { status: 200, body: expect.stringMatching(/^\{"done":1[^}]*$/) },
    cut_body: 'no answer',
    slow_body: { status: 200, body: expect.stringMatching(/^\{"done":1.*\}$/) },
    empty_body: { status: 418, body: '' },
  };
  for (const [kind, expected] of Object.entries(seen) as [FaultKind, (typeof seen)[FaultKind]][]) {
    const { carriedOut } = faultEffects[kind];
    it(`${kind} is ${carriedOut ? '' : 'not '}carried out`, async () => {
      const sandbox = await begin();
      sandbox.faults.add({ cloud: 'alibaba', operation: 'Make', kind, code: 'Odd', status: 418, ms: 160 });
      const read = async () => {
        const answer = await make(sandbox);
        return { status: answer.status, body: await answer.text() };
      };
      expect(await read().catch(() => 'no answer')).toEqual(expected);
      expect(sandbox.journal()).toHaveLength(carriedOut ? 1 : 0);
      expect(await read()).toMatchObject({ status: 200 });
    });
  }

  it('use the injected clock for delays', async () => {
    const sandbox = await begin();
    sandbox.faults.add({ cloud: '*', operation: '*', kind: 'delay_after', ms: 700 });
    await make(sandbox);
    sandbox.faults.add({ cloud: '*', operation: '*', kind: 'slow_body', ms: 160 });
    await (await make(sandbox)).text();
    expect([slept[0], Math.round(slept.slice(1).reduce((sum, ms) => sum + ms, 0) / 16)]).toEqual([700, 10]);
  });

  it('cut a body after the response head was sent', async () => {
    const sandbox = await begin();
    sandbox.faults.add({ cloud: '*', operation: '*', kind: 'cut_body' });
    const received = await new Promise<{ announced: number; came: number; complete: boolean }>((resolve, reject) => {
      const outgoing = httpRequest(sandbox.alibaba.url, (incoming) => {
        let came = 0;
        const announced = Number(incoming.headers['content-length']);
        incoming.on('data', (chunk: Buffer) => {
          came += chunk.length;
        });
        incoming.on('error', () => {});
        incoming.on('close', () => resolve({ announced, came, complete: incoming.complete }));
      });
      outgoing.on('error', reject);
      outgoing.end();
    });
    expect(received).toMatchObject({ complete: false, came: Math.floor(received.announced / 2) });
  });

  it('affect only what they name', async () => {
    const sandbox = await begin();
    sandbox.faults.add({ cloud: 'huawei', operation: 'Make', kind: 'throttled' });
    const statuses = [await make(sandbox), await fetch(sandbox.huawei.url), await make(sandbox, 'huawei')];
    expect(statuses.map(({ status }) => status)).toEqual([200, 200, 429]);
  });
});

describe('the admin interface', () => {
  it('adds, lists and clears faults', async () => {
    const sandbox = await begin();
    const rules = [
      { cloud: 'tencent', kind: 'throttled' },
      { kind: 'drop_after', count: 2 },
    ];
    expect(await admin(sandbox, 'POST', '/faults', rules)).toMatchObject({ status: 201, json: [{ fired: 0 }, {}] });
    expect((await make(sandbox, 'tencent')).status).toBe(429);
    expect((await admin(sandbox, 'GET', '/faults')).json).toMatchObject([
      { kind: 'throttled', fired: 1 },
      { fired: 0 },
    ]);
    expect((await admin(sandbox, 'DELETE', '/faults')).json).toEqual([]);
    expect((await make(sandbox, 'tencent')).status).toBe(200);
  });

  it('shows the journal of one cloud or of all', async () => {
    const sandbox = await begin();
    await make(sandbox, 'tencent');
    await make(sandbox, 'alibaba');
    expect((await admin(sandbox, 'GET', '/journal')).json).toHaveLength(2);
    expect((await admin(sandbox, 'GET', '/journal?cloud=tencent')).json).toMatchObject([{ cloud: 'tencent' }]);
  });

  it('sets clocks and lags of one cloud or of all', async () => {
    const sandbox = await begin();
    const answer = await admin(sandbox, 'POST', '/clock', { cloud: 'alibaba', offsetMs: -1000 });
    expect(answer).toEqual({ status: 200, json: { alibaba: -1000, huawei: 0, tencent: 0 } });
    expect((await admin(sandbox, 'POST', '/lag', { ms: 50 })).json).toEqual({ alibaba: 50, huawei: 50, tencent: 50 });
    expect(await (await make(sandbox)).json()).toMatchObject({ lag: 50 });
    expect((await admin(sandbox, 'GET', '/lag')).json).toMatchObject({ huawei: 50 });
  });

  it('shows the clouds’ addresses and keys', async () => {
    const sandbox = await begin();
    expect((await admin(sandbox, 'GET', '/')).json).toMatchObject({
      urls: { alibaba: sandbox.alibaba },
      credentials: { alibaba: { accessKeyId: 'sandbox-alibaba-id' } },
    });
  });

  const wrong: readonly (readonly [method: string, path: string, body: unknown, status: number])[] = [
    ['POST', '/faults', { kind: 'explode' }, 400],
    ['POST', '/faults', [{ kind: 'throttled' }, {}], 400],
    ['POST', '/clock', { cloud: 'azure', offsetMs: 1 }, 400],
    ['POST', '/clock', { cloud: 'alibaba' }, 400],
    ['POST', '/lag', { cloud: 'alibaba', ms: '1' }, 400],
    ['POST', '/lag', 'soon', 400],
    ['PUT', '/faults', {}, 404],
    ['POST', '/nothing', {}, 404],
  ];
  for (const [method, path, body, status] of wrong) {
    it(`${method} ${path} ${JSON.stringify(body)} is ${status} and changes nothing`, async () => {
      const sandbox = await begin();
      expect(await admin(sandbox, method, path, body)).toMatchObject({ status, json: { error: expect.any(String) } });
      expect(sandbox.faults.list()).toEqual([]);
    });
  }
});

describe('the state file', () => {
  const file = () => join(stateDirectory, 'deep', 'sandbox.json');

  it('restores earlier effects and clocks', async () => {
    const first = await begin({ stateFile: file() });
    first.setClock('tencent', 5000);
    await make(first, 'tencent');
    const journal = first.journal();
    await first.close();
    const second = await begin({ stateFile: file() });
    expect(second.journal()).toEqual(journal);
    expect(await (await make(second, 'tencent')).json()).toMatchObject({ done: 2 });
    expect(second.journal()[1]?.at).toBe(start + 5000);
  });

  it('contains a change before its response is sent, even if the response is lost', async () => {
    const sandbox = await begin({ stateFile: file() });
    sandbox.faults.add({ cloud: '*', operation: '*', kind: 'drop_after' });
    await make(sandbox).catch(() => {});
    expect(JSON.parse(readFileSync(file(), 'utf8'))).toMatchObject({
      version: 1,
      clouds: { alibaba: [{ taskId: '1' }] },
    });
    expect(readdirSync(join(stateDirectory, 'deep'))).toEqual(['sandbox.json']);
  });

  it('is not written when nothing has changed', async () => {
    const sandbox = await begin({ stateFile: file() });
    await fetch(sandbox.alibaba.url);
    expect(readdirSync(stateDirectory)).toEqual([]);
  });

  for (const text of ['', '{"version":1', '{"version":2}', 'null', '[]']) {
    it(`is refused when it holds ${JSON.stringify(text)}`, async () => {
      const other = join(stateDirectory, 'other.json');
      writeFileSync(other, text);
      await expect(begin({ stateFile: other })).rejects.toThrow(other);
    });
  }
});
