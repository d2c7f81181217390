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

/** How much longer than the sender's deadline a lease lasts, for the writes before and after, in milliseconds. */
const leaseMarginMs = 30_000;
/** The maximum configurable deadline in milliseconds, so that a lease outlasts a change of settings. */
const longestTimeoutMs = 60_000;

export interface WebhooksOptions {
  readonly store: WebhookStore & Pick<Store, 'onChange' | 'findIdempotencyKey'>;
  readonly runtime: Runtime;
  /** Encrypts stored texts. `seal` returns null without a key; `open` throws if the key is missing. */
  readonly cipher: { seal(text: string, place: string): string | null; open(sealed: string, place: string): string };
  /** Names of the configured accounts. */
  readonly accounts: Pick<ReadonlySet<string>, 'has'>;
  /** The callers in the current configuration. */
  readonly callers: KnownCallers;
  readonly settings: SenderSettings;
  readonly version: string;
  /** Outbound settings to receivers; default: direct. */
  readonly outbound?: OutboundSettings;
  readonly telemetry: WebhookTelemetry;
}

/** The webhook machinery of one process. */
export interface Webhooks {
  readonly service: WebhookService;
  start(): void;
  /** Applies these settings from now on; open attempts keep the old ones. */
  change(callers: KnownCallers, settings: SenderSettings): void;
  /** Starts no further attempts; waits at most `graceMs` for open ones. */
  stop(graceMs: number): Promise<void>;
}

/** Creates the webhook machinery. */
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
      // An open attempt ends at its deadline.
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
