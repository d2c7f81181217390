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
import { createSender, type Sender, type SenderSettings } from './sender.ts';
import { createWebhookService } from './service.ts';

/** How long a delivery is held beyond the sender's deadline, for what is written before and after; milliseconds. */
const leaseMarginMs = 30_000;
/** The longest deadline that a configuration may set, in milliseconds: a lease lasts through a change of settings. */
const longestTimeoutMs = 60_000;

export interface WebhooksOptions {
  readonly store: WebhookStore & Pick<Store, 'onChange' | 'findIdempotencyKey'>;
  readonly runtime: Runtime;
  /** Encrypts what is kept: null from `seal` when there is no key; `open` throws when the key is gone. */
  readonly cipher: { seal(text: string, place: string): string | null; open(sealed: string, place: string): string };
  /** Names of the configured accounts. */
  readonly accounts: Pick<ReadonlySet<string>, 'has'>;
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
  /** Goes by these from now on; what is on its way ends as it began. */
  change(callers: KnownCallers, settings: SenderSettings): void;
  /** Takes nothing more up; `graceMs`: how long to wait for what is on its way. */
  stop(graceMs: number): Promise<void>;
}

/** Puts the room together. */
export function createWebhooks({ store, runtime, cipher, settings, ...rest }: WebhooksOptions): Webhooks {
  const newSender = (of: SenderSettings) => createSender(of, runtime.now, undefined, rest.outbound);
  let present = { settings, sender: newSender(settings), grantFault: presentGrants(rest.callers) };
  const closing = new Set<Promise<void>>();
  const stopped = new AbortController();
  const sender: Pick<Sender, 'post'> = { post: (...message) => present.sender.post(...message) };
  const open = (sealed: string, place: string): string => cipher.open(sealed, place);
  const posting = { sender, runtime, open, version: rest.version };
  const dispatcher = createDispatcher({
    ...posting,
    store,
    runtime,
    grantFault: (webhook, account) => present.grantFault(webhook, account),
    leaseMs: longestTimeoutMs + leaseMarginMs,
    telemetry: rest.telemetry,
  });
  const service = createWebhookService({
    store,
    runtime,
    addresses: () => present.settings,
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
    change(callers, next) {
      const { settings: former, sender: old } = present;
      present = { settings: next, sender: newSender(next), grantFault: presentGrants(callers) };
      // What is on its way has at most its deadline left.
      const ended = runtime.sleep(former.timeoutMs, stopped.signal).then(() => old.close());
      closing.add(ended);
      void ended.then(() => closing.delete(ended));
    },
    async stop(graceMs) {
      await dispatcher.stop(graceMs);
      stopped.abort();
      await Promise.all([present.sender.close(), ...closing]);
    },
  };
}
