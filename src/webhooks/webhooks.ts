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

/** Milliseconds by which a lease is longer than the longest attempt, for the writes before and after it. */
const leaseMarginMs = 30_000;
/** Maximum configurable deadline of an attempt in milliseconds, so that leases stay long enough when settings change. */
const maxTimeoutMs = 60_000;

/** The dependencies and settings of webhooks. */
export interface WebhooksOptions {
  readonly store: WebhookStore & Pick<Store, 'onChange' | 'findIdempotencyKey'>;
  readonly runtime: Runtime;
  /** Encrypts stored texts. `seal` returns null without a key. `open` throws if the key is not configured. */
  readonly cipher: { seal(text: string, place: string): string | null; open(sealed: string, place: string): string };
  /** Names of the configured accounts. */
  readonly accounts: Pick<ReadonlySet<string>, 'has'>;
  /** The callers in the configuration. */
  readonly callers: KnownCallers;
  readonly settings: SenderSettings;
  readonly version: string;
  /** Proxies and certificates for connections to receivers. Default: none. */
  readonly outbound?: OutboundSettings;
  readonly telemetry: WebhookTelemetry;
}

/** The webhooks of one process. */
export interface Webhooks {
  readonly service: WebhookService;
  /** Starts the delivery of events. */
  start(): void;
  /** Applies changed callers and settings to new attempts. Open attempts keep the earlier ones. */
  change(callers: KnownCallers, settings: SenderSettings): void;
  /** Starts no further attempts, and waits at most `graceMs` milliseconds for open ones. */
  stop(graceMs: number): Promise<void>;
}

/** Creates service, sender and dispatcher. */
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
    leaseMs: maxTimeoutMs + leaseMarginMs,
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
      // Open attempts still use the old sender until their deadline.
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
