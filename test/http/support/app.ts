import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished } from 'vitest';
import type { AuditLog } from '../../../src/domain/audit.ts';
import { createHttpApp, type HttpAppOptions } from '../../../src/http/app.ts';
import type { HttpApp } from '../../../src/http/app-types.ts';
import { anonymousAuthenticator } from '../../../src/http/auth/anonymous.ts';
import type { Authenticator } from '../../../src/http/auth/authenticator.ts';
import type { EventLoopDelay } from '../../../src/http/event-loop-delay.ts';
import type { HttpSettings } from '../../../src/http/settings.ts';
import { undocumented } from './documented.ts';
import { type FakeService, fakeService } from './fake-service.ts';
import { type FakeWebhooks, fakeWebhooks } from './fake-webhooks.ts';
import { aRuntime, providers } from './fixtures.ts';

export interface TestApp {
  readonly app: HttpApp;
  readonly service: FakeService;
  readonly webhooks: FakeWebhooks;
  readonly runtime: ReturnType<typeof aRuntime>;
  /** Lines of the log, parsed. */
  readonly log: Record<string, unknown>[];
  /** Sends a request and validates the answer against the committed contract. */
  call(
    method: InjectOptions['method'],
    url: string,
    options?: Omit<InjectOptions, 'method' | 'url'>,
  ): Promise<LightMyRequestResponse>;
}

export async function testApp(
  options: {
    auth?: Authenticator;
    audit?: AuditLog;
    eventLoopDelay?: EventLoopDelay;
    settings?: Partial<HttpSettings>;
    keepOpen?: boolean;
  } & Pick<HttpAppOptions, 'deprecations'> = {},
): Promise<TestApp> {
  const service = fakeService();
  const webhooks = fakeWebhooks();
  const runtime = aRuntime();
  const log: Record<string, unknown>[] = [];
  const logger = pino({ level: 'debug' }, { write: (line: string) => void log.push(JSON.parse(line)) });
  const app = await createHttpApp({
    service,
    webhooks,
    runtime,
    logger,
    providers,
    auth: options.auth ?? anonymousAuthenticator,
    ...(options.audit !== undefined && { audit: options.audit }),
    ...(options.eventLoopDelay !== undefined && { eventLoopDelay: options.eventLoopDelay }),
    ...(options.deprecations !== undefined && { deprecations: options.deprecations }),
    settings: { explorer: false, ...options.settings },
  });
  if (options.keepOpen !== true) onTestFinished(() => app.close());
  return {
    app,
    service,
    webhooks,
    runtime,
    log,
    async call(method = 'GET', url, more = {}) {
      const response = await app.inject({ method, url, ...more });
      expect(undocumented(method, url, response), `${method} ${url} → ${response.statusCode} ${response.body}`).toEqual(
        [],
      );
      return response;
    },
  };
}

/** One app for all tests of a table that change nothing. Forgets the recorded calls before each test. */
export function sharedApp(options: Parameters<typeof testApp>[0] = {}): () => TestApp {
  let shared: TestApp | null = null;
  beforeAll(async () => {
    shared = await testApp({ ...options, keepOpen: true });
  });
  beforeEach(() => {
    shared?.service.calls.splice(0);
    shared?.webhooks.calls.splice(0);
  });
  afterAll(() => shared?.app.close());
  return () => {
    if (shared === null) throw new Error('the app is made in beforeAll');
    return shared;
  };
}

/** A JSON body with its content type. */
export function json(value: unknown, headers: Record<string, string> = {}) {
  return { payload: JSON.stringify(value), headers: { 'content-type': 'application/json', ...headers } };
}
