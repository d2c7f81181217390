import { onTestFinished } from 'vitest';
import type { Store } from '../../../src/domain/store.ts';
import type { WebhookAttempt } from '../../../src/domain/telemetry.ts';
import type { Webhook } from '../../../src/domain/webhook.ts';
import { openStore } from '../../../src/store/open.ts';
import { createDispatcher, type DispatcherContext } from '../../../src/webhooks/dispatcher.ts';
import type { AttemptResult } from '../../../src/webhooks/schedule.ts';
import { newSecret } from '../../../src/webhooks/signature.ts';
import { noLease, sampleWebhook } from '../../store/samples.ts';
import { noon, sampleMigration } from '../../support/samples.ts';
import { VirtualTime } from './virtual-time.ts';

export interface Message {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
type Answer = (message: Message) => AttemptResult | Promise<AttemptResult>;

export const received: AttemptResult = { status: 204, retryAfterMs: null };
export const minute = 60_000;

/**
 * A store in memory, a manual clock, and receivers with the given answers. Ends with the test.
 * `secrets`: the plain text of each sealed text.
 */
export async function site(answer: Answer = () => received) {
  const time = new VirtualTime(noon);
  const store = await openStore('sqlite::memory:', { runtime: time });
  onTestFinished(() => store.close());
  const messages: Message[] = [];
  const attempts: WebhookAttempt[] = [];
  const interruptions: string[] = [];
  const secrets = new Map([
    ['sealed-url', 'https://hooks.example/godwit?token=secret'],
    ['sealed-secret', newSecret(time)],
  ]);
  function dispatch(overrides: Partial<DispatcherContext> = {}) {
    const dispatcher = createDispatcher({
      store,
      sender: {
        post: async (url, headers, body) => {
          messages.push({ url, headers, body });
          return answer({ url, headers, body });
        },
      },
      runtime: time,
      open: (sealed) => {
        const opened = secrets.get(sealed);
        if (opened === undefined) throw new Error('no key');
        return opened;
      },
      grantFault: () => null,
      leaseMs: 40_000,
      version: '1.2.3',
      telemetry: { attempted: (attempt) => attempts.push(attempt), interrupted: (error) => interruptions.push(error) },
      ...overrides,
    });
    dispatcher.start();
    onTestFinished(async () => {
      const stopping = dispatcher.stop(0);
      await time.pass(1);
      await stopping;
    });
    return dispatcher;
  }
  async function webhook(overrides: Partial<Webhook> = {}): Promise<Webhook> {
    const made = sampleWebhook(overrides);
    await store.createWebhook(made, 100);
    return made;
  }
  return { time, store, messages, attempts, interruptions, secrets, dispatch, webhook };
}

/** Creates a migration, and with it the events of its creation. */
export async function createMigration(store: Store, account = 'ali-main'): Promise<string> {
  const migration = sampleMigration({ account });
  await store.create(migration, noLease);
  return migration.id;
}
