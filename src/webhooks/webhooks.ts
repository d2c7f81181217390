import type { OutboundSettings } from '../domain/outbound.ts';
import { Problem } from '../domain/problem.ts';
import type { Runtime } from '../domain/runtime.ts';
import type { Store } from '../domain/store.ts';
import type { WebhookTelemetry } from '../domain/telemetry.ts';
import type { WebhookStore } from '../domain/webhook.ts';
import { createDispatcher } from './dispatcher.ts';
import { type KnownCallers, presentGrants } from './grants.ts';
import type { WebhookService } from './interface.ts';
import { postSigned } from './post.ts';
import { createSender, type SenderSettings } from './sender.ts';
import { createWebhookService } from './service.ts';

/** How long a delivery is held beyond the sender's deadline, for what is written before and after; milliseconds. */
const leaseMarginMs = 30_000;

export interface WebhooksOptions {
  readonly store: WebhookStore & Pick<Store, 'onChange' | 'findIdempotencyKey'>;
  readonly runtime: Runtime;
  /** Encrypts what is kept: null from `seal` when there is no key; `open` throws when the key is gone. */
  readonly cipher: { seal(text: string, place: string): string | null; open(sealed: string, place: string): string };
  /** Names of the configured accounts. */
  readonly accounts: ReadonlySet<string>;
  /** By whom webhooks can have been made, as it is configured today. */
  readonly callers: KnownCallers;
  readonly settings: SenderSettings;
  readonly version: string;
  /** The way out to receivers; default: directly. */
  readonly outbound?: OutboundSettings;
  readonly telemetry: WebhookTelemetry;
}

/** The webhooks of one process. */
export interface Webhooks {
  readonly service: WebhookService;
  start(): void;
  /** Takes nothing more up; `graceMs`: how long to wait for what is on its way. */
  stop(graceMs: number): Promise<void>;
}

/** Puts the room together. */
export function createWebhooks({ store, runtime, cipher, settings, ...rest }: WebhooksOptions): Webhooks {
  const sender = createSender(settings, runtime.now, undefined, rest.outbound);
  const open = (sealed: string, place: string): string => cipher.open(sealed, place);
  const posting = { sender, runtime, open, version: rest.version };
  const dispatcher = createDispatcher({
    ...posting,
    store,
    runtime,
    grantFault: presentGrants(rest.callers),
    leaseMs: settings.timeoutMs + leaseMarginMs,
    telemetry: rest.telemetry,
  });
  const service = createWebhookService({
    store,
    runtime,
    addresses: settings,
    accounts: rest.accounts,
    open,
    seal: (text, place) => {
      const sealed = cipher.seal(text, place);
      if (sealed !== null) return sealed;
      throw new Problem(
        'encryption_key_required',
        'The URL and the secret of a webhook are stored encrypted, and no encryption key is configured.',
        { errors: [{ pointer: '/url', detail: 'Configure `encryption.key`.' }] },
      );
    },
    post: (webhook, id, body) => postSigned(posting, webhook, id, body),
    wake: () => dispatcher.wake(),
  });
  return {
    service,
    start: () => dispatcher.start(),
    async stop(graceMs) {
      await dispatcher.stop(graceMs);
      await sender.close();
    },
  };
}
