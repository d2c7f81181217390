import { afterEach, describe, expect, it } from 'vitest';
import type { Gateway } from '../../src/gateway.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { hasEnded, post, untilMigration } from '../support/gateway.ts';
import { requestFor } from '../support/simulation.ts';
import { startLoggedGateway } from '../telemetry/support/traced-gateway.ts';

let gateway: Gateway | null = null;
let sandbox: Sandbox | null = null;
afterEach(async () => {
  await gateway?.stop(0);
  await sandbox?.close();
});

describe('a wall clock that steps', () => {
  it.each([
    ['back by four minutes', -240_000],
    ['forward by an hour', 3_600_000],
  ])('%s delays no migration and appears in the log and metrics', async (_name, stepMs) => {
    sandbox = await startSandbox({ host: '127.0.0.1', runtime: systemRuntime, restoreMs: 1500 });
    let offsetMs = 0;
    const runtime = { ...systemRuntime, now: () => Date.now() + offsetMs };
    const logged = await startLoggedGateway(sandbox, null, runtime);
    gateway = logged.gateway;
    const { url } = gateway;
    const before = await post(`${url}/migrations`, requestFor('alibaba'));
    expect(before.status).toBe(201);
    offsetMs = stepMs;
    const after = await post(`${url}/migrations`, requestFor('tencent'));
    expect(after.status).toBe(201);
    for (const { body } of [before, after]) {
      const ended = await untilMigration(url, body.id, hasEnded);
      expect(ended.state).toBe('succeeded');
    }
    expect(logged.lines.map(({ fields }) => fields).find(({ msg }) => msg === 'the clock stepped')).toMatchObject({
      direction: stepMs < 0 ? 'back' : 'forward',
    });
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toMatch(/godwit_clock_steps_total\{direction="\w+"\} 1/);
    expect(metrics).toMatch(/godwit_migrations_ended_total\{provider="alibaba",.*state="succeeded"\} 1/);
    expect(metrics).toMatch(/godwit_restore_duration_seconds_count\{provider="tencent",mode="full"\} 1/);
  });
});
