import { describe, expect, it } from 'vitest';
import { measureEventLoopDelay } from '../../../src/http/event-loop-delay.ts';
import { json, testApp } from '../support/app.ts';
import { createBody } from '../support/fixtures.ts';

/** An app in a process with a configurable event-loop delay. */
async function late(maxEventLoopDelayMs: number | null = 500) {
  const delay = { ms: 0, closed: false };
  const eventLoopDelay = { presentMs: () => delay.ms, close: () => Object.assign(delay, { closed: true }) };
  const site = await testApp({ eventLoopDelay, settings: { maxEventLoopDelayMs, publicMetrics: true } });
  return { ...site, delay };
}

describe('an overloaded process', () => {
  it('rejects requests before doing any work, with the time to retry after', async () => {
    const { call, service, delay } = await late();
    delay.ms = 501;
    const refused = await call('POST', '/migrations', json(createBody));
    expect(refused.statusCode).toBe(503);
    expect(refused.json()).toMatchObject({ code: 'overloaded', retryable: true });
    expect(refused.headers['retry-after']).toBe('2');
    expect(service.calls).toEqual([]);
    delay.ms = 500;
    expect((await call('POST', '/migrations', json(createBody))).statusCode).toBe(201);
  });

  it.each([
    ...['/livez', '/readyz', '/metrics'],
    // A page that lacks one of its modules stays blank.
    ...['/board/', '/board/vocabulary.json', '/board/static/board.js'],
  ])('still answers %s', async (url) => {
    const { app, delay } = await late();
    delay.ms = 10_000;
    expect((await app.inject({ url })).statusCode).toBe(200);
  });

  it('rejects nothing if the setting turns this off', async () => {
    const { call, delay } = await late(null);
    delay.ms = 10_000;
    expect((await call('GET', '/migrations')).statusCode).toBe(200);
  });

  it('stops measuring when the app closes', async () => {
    const { app, delay } = await late();
    await app.close();
    expect(delay.closed).toBe(true);
  });

  it('measures no delay in an idle process', () => {
    const measured = measureEventLoopDelay();
    expect(measured.presentMs()).toBe(0);
    measured.close();
  });
});
