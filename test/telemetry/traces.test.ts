import { createServer, type IncomingHttpHeaders, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  AlwaysOnSampler,
  InMemorySpanExporter,
  ParentBasedSampler,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemRuntime } from '../../src/runtime.ts';
import { sandboxCredentials } from '../../src/sandbox/cloud.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { samplerOf, tracingOver } from '../../src/telemetry/opentelemetry.ts';
import { tracesWanted, tracingOf } from '../../src/telemetry/tracing.ts';
import { hasEnded, post, untilMigration } from '../support/gateway.ts';
import { type LoggedGateway, restore, startLoggedGateway } from './support/traced-gateway.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const parentId = '00f067aa0ba902b7';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ host: '127.0.0.1', runtime: systemRuntime, restoreMs: 100 });
});
afterAll(() => sandbox.close());

describe('with tracing on', () => {
  const exporter = new InMemorySpanExporter();
  const tracing = tracingOver(
    new SimpleSpanProcessor({ exporter }),
    new ParentBasedSampler({ root: new AlwaysOnSampler() }),
    '1.2.3',
  );
  let traced: LoggedGateway;
  beforeAll(async () => {
    traced = await startLoggedGateway(sandbox, tracing);
  });
  afterAll(async () => {
    await traced.gateway.stop(1000);
    await tracing.close();
  });

  it('a request, its engine steps and its vendor calls form one trace under the caller’s span', async () => {
    const { url } = traced.gateway;
    const created = await post(`${url}/migrations?dryRun=false`, restore, {
      prefer: 'wait=10',
      traceparent: `00-${traceId}-${parentId}-01`,
      tracestate: 'acme=order-7',
    });
    expect(created.status).toBe(201);
    await untilMigration(url, created.body.id, hasEnded);

    const spans = exporter.getFinishedSpans().filter((span) => span.spanContext().traceId === traceId);
    const named = (name: string) => {
      const span = spans.find((each) => each.name === name);
      if (span === undefined) throw new Error(`no span ${name} among ${spans.map((each) => each.name).join(', ')}`);
      return span;
    };
    const root = named('POST /migrations');
    expect(root.parentSpanContext?.spanId).toBe(parentId);
    expect(root.attributes).toMatchObject({
      'http.route': '/migrations',
      'http.response.status_code': 201,
      'url.path': '/migrations',
      'server.address': '127.0.0.1',
    });
    expect(root.spanContext().traceState?.serialize()).toBe('acme=order-7');
    expect(created.headers.get('traceparent')).toBe(`00-${traceId}-${root.spanContext().spanId}-01`);

    const operation = String(spans.find((each) => each.name.startsWith('send '))?.attributes['godwit.operation']);
    const send = named(`send ${operation}`);
    expect(send.parentSpanContext?.spanId).toBe(root.spanContext().spanId);
    expect(send.attributes).toMatchObject({
      'godwit.step': 'send',
      'godwit.provider': 'huawei',
      'godwit.account': 'sandbox-huawei',
      'godwit.migration_id': created.body.id,
      'godwit.outcome': 'accepted',
    });
    const call = named(`huawei ${operation}`);
    expect(call.parentSpanContext?.spanId).toBe(send.spanContext().spanId);
    expect(call.attributes).toMatchObject({
      'godwit.operation': operation,
      'godwit.effect': 'write',
      'godwit.outcome': 'ok',
    });
  });

  it('work that the engine starts by itself is traced too', async () => {
    const observed = exporter.getFinishedSpans().filter((span) => span.name === 'observe huawei');
    expect(observed.length).toBeGreaterThan(0);
    expect(observed.at(-1)?.attributes).toMatchObject({ 'godwit.outcome': 'ok', 'godwit.migrations': 1 });
    expect(observed.at(-1)?.attributes['godwit.migration_ids']).toEqual([expect.stringMatching(/^mig_/)]);
    const reads = exporter
      .getFinishedSpans()
      .filter((span) => span.parentSpanContext?.spanId === observed.at(-1)?.spanContext().spanId);
    expect(reads.map((span) => span.attributes['godwit.effect'])).toContain('read');
  });

  it('a request without a trace starts one; probes and scrapes do not', async () => {
    const { url } = traced.gateway;
    expect((await fetch(`${url}/providers`)).headers.get('traceparent')).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect((await fetch(`${url}/livez`)).headers.has('traceparent')).toBe(false);
    expect((await fetch(`${url}/metrics`)).headers.has('traceparent')).toBe(false);
  });

  it('an unsampled caller is not sampled', async () => {
    const other = '0af7651916cd43dd8448eb211c80319c';
    const response = await fetch(`${traced.gateway.url}/providers`, {
      headers: { traceparent: `00-${other}-${parentId}-00` },
    });
    expect(response.headers.get('traceparent')).toMatch(new RegExp(`^00-${other}-[0-9a-f]{16}-00$`));
    expect(exporter.getFinishedSpans().filter((span) => span.spanContext().traceId === other)).toEqual([]);
  });

  it('no span holds a secret, a URL, a query or a name from a body', async () => {
    await fetch(`${traced.gateway.url}/migrations?name=canary-query`);
    const told = JSON.stringify(
      exporter.getFinishedSpans().map(({ name, attributes, events, status }) => ({ name, attributes, events, status })),
    );
    expect(told).not.toMatch(/https?:|\?|canary|acme-backups|orders|in04/);
    for (const secret of Object.values(sandboxCredentials.huawei)) expect(told).not.toContain(secret);
  });
});

describe('with tracing off', () => {
  it('no span is recorded, and the caller’s trace id is in every log line of the request', async () => {
    const { gateway, lines } = await startLoggedGateway(sandbox, null);
    try {
      const created = await post(`${gateway.url}/migrations`, restore, {
        prefer: 'wait=10',
        'x-request-id': 'request-of-the-test',
        traceparent: `00-${traceId}-${parentId}-01`,
      });
      expect(created.status).toBe(201);
      expect(created.headers.has('traceparent')).toBe(false);
      await untilMigration(gateway.url, created.body.id, hasEnded);
      const caused = lines.filter(({ fields }) => fields.requestId === 'request-of-the-test');
      expect(caused.map(({ fields }) => fields.msg)).toEqual(
        expect.arrayContaining(['request', 'vendor call', 'vendor attempt']),
      );
      for (const { fields, text } of caused) {
        expect(fields.traceId, text).toBe(traceId);
        expect(text.match(/"(requestId|traceId)":/g), text).toHaveLength(2);
      }
      const others = lines.filter(
        ({ fields }) => fields.msg === 'request' && fields.requestId !== 'request-of-the-test',
      );
      expect(others.length).toBeGreaterThan(0);
      for (const { fields } of others) expect(fields).not.toHaveProperty('traceId');
    } finally {
      await gateway.stop(1000);
    }
  });
});

describe('a request with a slow body', () => {
  it('keeps its id and trace, and is counted as aborted when it breaks off', async () => {
    const { gateway, lines } = await startLoggedGateway(sandbox, null);
    try {
      const body = JSON.stringify(restore);
      const headers = { 'content-type': 'application/json', 'content-length': body.length };
      const status = await new Promise((resolve, reject) => {
        const late = request(`${gateway.url}/migrations`, {
          method: 'POST',
          headers: { ...headers, prefer: 'wait=10', traceparent: `00-${traceId}-${parentId}-01` },
        });
        late.once('response', (response) => resolve(response.resume().statusCode)).once('error', reject);
        late.write(body.slice(0, 10));
        setTimeout(() => late.end(body.slice(10)), 30);
      });
      expect(status).toBe(201);
      const sent = lines.filter(({ fields }) => fields.msg === 'vendor call');
      expect(sent.map(({ fields }) => fields.traceId)).toEqual([traceId]);

      const broken = request(`${gateway.url}/migrations`, { method: 'POST', headers }).on('error', () => undefined);
      broken.write('{');
      const exposed = async () => (await fetch(`${gateway.url}/metrics`)).text();
      // The broken request and the one for the metrics.
      await expect.poll(exposed, { interval: 20 }).toContain('godwit_http_requests_in_flight 2\n');
      broken.destroy();
      await new Promise((resolve) => broken.once('close', resolve));
      const aborted = 'godwit_http_requests_total{method="POST",route="/migrations",status_class="aborted"} 1';
      await expect.poll(exposed, { interval: 20 }).toContain(aborted);
      expect(await (await fetch(`${gateway.url}/metrics`)).text()).toContain('godwit_http_requests_in_flight 1\n');
    } finally {
      await gateway.stop(1000);
    }
  });
});

describe('trace settings from the environment', () => {
  const endpoint = 'http://127.0.0.1:4318';
  it.each([
    [{}, false],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: '' }, false],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }, true],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: endpoint }, true],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_SDK_DISABLED: 'true' }, false],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_TRACES_EXPORTER: 'none' }, false],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_TRACES_EXPORTER: 'otlp' }, true],
  ])('%j set tracing to %j', (environment, wanted) => {
    expect(tracesWanted(environment)).toBe(wanted);
  });

  it.each([
    [{}, 'ParentBased{root=AlwaysOnSampler', 0],
    [{ OTEL_TRACES_SAMPLER: 'always_off' }, 'AlwaysOffSampler', 0],
    [{ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.25' }, 'TraceIdRatioBased{0.25}', 0],
    [
      { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '7' },
      'ParentBased{root=TraceIdRatioBased{1}',
      0,
    ],
    [{ OTEL_TRACES_SAMPLER: 'mine' }, 'ParentBased{root=AlwaysOnSampler', 1],
  ])('%j select the sampler %s', (environment, description, complaints) => {
    const complained: string[] = [];
    expect(samplerOf(environment, (message) => complained.push(message)).toString()).toContain(description);
    expect(complained).toHaveLength(complaints);
  });

  it('spans reach a collector over OTLP with the configured headers and resource', async () => {
    const arrived: {
      readonly path: string | undefined;
      readonly headers: IncomingHttpHeaders;
      readonly body: string;
    }[] = [];
    const collector = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        arrived.push({ path: request.url, headers: request.headers, body: Buffer.concat(chunks).toString('latin1') });
        response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
      });
    });
    await new Promise<void>((done) => collector.listen(0, '127.0.0.1', done));
    const settings = {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=acme',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=staging',
    };
    // The exporter reads the environment of the process.
    Object.assign(process.env, settings);
    try {
      const complaints: string[] = [];
      const tracing = await tracingOf(settings, '1.2.3', (message) => complaints.push(message));
      const span = tracing?.start({ name: 'a span', kind: 'internal', parent: null, startedAt: 1, attributes: {} });
      span?.end(2);
      await tracing?.close();
      expect(complaints).toEqual([]);
      expect(arrived).toHaveLength(1);
      expect(arrived[0]).toMatchObject({
        path: '/v1/traces',
        headers: { 'content-type': 'application/x-protobuf', 'x-tenant': 'acme' },
      });
      for (const part of ['a span', 'godwit', '1.2.3', 'staging']) expect(arrived[0]?.body).toContain(part);
    } finally {
      for (const name of Object.keys(settings)) delete process.env[name];
      collector.close();
    }
  });
});
