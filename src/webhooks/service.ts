import { createHash, X509Certificate } from 'node:crypto';
import { type AddressPolicy, urlFault } from '../domain/address-policy.ts';
import { hasGrant, visibleAccounts } from '../domain/grants.ts';
import { expectSameRequest } from '../domain/idempotency.ts';
import { newId } from '../domain/ids.ts';
import { Problem } from '../domain/problem.ts';
import { expectVersion } from '../domain/representation.ts';
import type { Runtime } from '../domain/runtime.ts';
import type { IdempotencyKey, IdempotencyRecord, Store } from '../domain/store.ts';

import type { Delivery, Webhook, WebhookLimits, WebhookStore } from '../domain/webhook.ts';
import { testEvent } from './cloud-event.ts';

import type { NewWebhook, WebhookCaller, WebhookService } from './interface.ts';
import { headerNameFault, mergedHeaders, withLowerNames } from './own-headers.ts';
import type { AttemptResult } from './schedule.ts';
import { headersPlace, secretPlace, urlPlace } from './sealed-places.ts';
import { newSecret } from './signature.ts';

/** Maximum number of headers of one webhook, also after a merge patch. */
const maxHeaders = 20;

/** Maximum number of webhooks. Each event is compared with each of them. */
const maxWebhooks: WebhookLimits = { inAll: 1000, perCaller: 100 };

/** The dependencies of the webhook operations. */
export interface WebhookServiceContext {
  readonly store: WebhookStore & Pick<Store, 'findIdempotencyKey'>;
  readonly runtime: Runtime;
  /** The present policy for receivers' addresses. */
  readonly addresses: () => AddressPolicy;
  /** Names of the configured accounts. */
  readonly accounts: Pick<ReadonlySet<string>, 'has'>;
  /** Encrypts a text. Throws the problem `encryption_key_required` if no key is configured. */
  seal(text: string, place: string): string;
  /** Decrypts a text. Throws if its key is not configured. */
  open(sealed: string, place: string): string;
  /** Sends one message now. */
  post(webhook: Webhook, id: string, body: string): Promise<AttemptResult>;
  /** Wakes the dispatcher. */
  wake(): void;
}

/** Creates the webhook operations. */
export function createWebhookService(context: WebhookServiceContext): WebhookService {
  const { store, runtime } = context;
  /** Ids of webhooks with a test message in progress. */
  const testing = new Set<string>();

  function sealedUrl(url: string, id: string): Webhook['url'] {
    const fault = urlFault(url, context.addresses());
    if (fault !== null)
      throw new Problem('invalid_request', `The URL ${fault}`, { errors: [{ pointer: '/url', detail: fault }] });
    // The path is hidden too, because it often grants the right to post.
    return { display: new URL(url).origin, sealed: context.seal(url, urlPlace(id)) };
  }

  function sealedHeaders(
    headers: Readonly<Record<string, string>>,
    id: string,
  ): NonNullable<Webhook['headers']> | null {
    const names = Object.keys(headers);
    if (names.length > maxHeaders)
      throw new Problem('invalid_request', `A webhook has at most ${maxHeaders} headers of its own.`, {
        errors: [{ pointer: '/headers', detail: `would be more than ${maxHeaders}` }],
      });
    return names.length === 0 ? null : { names, sealed: context.seal(JSON.stringify(headers), headersPlace(id)) };
  }

  function openedHeaders({ id, headers = null }: Webhook): Readonly<Record<string, string>> {
    return headers === null ? {} : JSON.parse(context.open(headers.sealed, headersPlace(id)));
  }

  /** Throws `forbidden` for an account that the caller may not use, and `unknown_account` for one that is not configured. */
  function checkedAccounts(accounts: readonly string[], caller: WebhookCaller): readonly string[] {
    if (accounts.length === 0) throw new Problem('forbidden', 'The caller has no grant for any account.');
    for (const [index, account] of accounts.entries()) {
      const pointer = `/accounts/${index}`;
      if (!hasGrant(caller, account))
        throw new Problem('forbidden', `The caller has no grant for the account \`${account}\`.`, {
          errors: [{ pointer, detail: 'The caller has no grant for this account.' }],
        });
      if (account !== '*' && !context.accounts.has(account))
        throw new Problem('unknown_account', `No account \`${account}\` is configured.`, {
          errors: [{ pointer, detail: 'No account has this name.' }],
        });
    }
    return accounts.includes('*') ? ['*'] : accounts;
  }

  /** The accounts that the caller may use, without those that are not configured. */
  function grantsOf({ accounts }: WebhookCaller): readonly string[] {
    return accounts.filter((account) => account === '*' || context.accounts.has(account));
  }

  async function visible(id: string, caller: WebhookCaller): Promise<Webhook> {
    const webhook = await store.getWebhook(id);
    if (webhook === null || !mayKnow(caller, webhook)) throw notFound();
    return webhook;
  }

  /** The present webhook that an earlier request with this key created. Throws `idempotency_key_reused` for a different request. */
  async function replay(record: IdempotencyRecord, caller: WebhookCaller, key: IdempotencyKey): Promise<NewWebhook> {
    expectSameRequest(record, key);
    const webhook = await visible(record.resource.id, caller);
    return { webhook, secret: context.open(webhook.sealedSecret, secretPlace(webhook.id)), replayed: true };
  }

  return {
    async create(request, caller, idempotency) {
      const earlier = idempotency ? await store.findIdempotencyKey(idempotency.caller, idempotency.key) : null;
      if (idempotency && earlier) return replay(earlier, caller, idempotency);
      const now = runtime.now();
      const secret = newSecret(runtime);
      const id = newId('whk', runtime);
      checkNames(request.headers);
      checkCertificates(request.caCertificates);
      const webhook: Webhook = {
        id,
        url: sealedUrl(request.url, id),
        description: request.description ?? null,
        eventTypes: request.eventTypes ?? [],
        accounts: checkedAccounts(request.accounts ?? grantsOf(caller), caller),
        sealedSecret: context.seal(secret, secretPlace(id)),
        headers: sealedHeaders(withLowerNames(request.headers ?? {}), id),
        caCertificates: request.caCertificates ?? null,
        enabled: request.enabled ?? true,
        disabledReason: null,
        caller: caller.caller,
        callerKind: caller.kind,
        createdAt: now,
        updatedAt: now,
        version: 1,
      };
      const result = await store.createWebhook(webhook, maxWebhooks, idempotency, caller.audit);
      if (result.outcome === 'too_many')
        throw new Problem(
          'invalid_state',
          `The limit is ${maxWebhooks.perCaller} webhooks of a caller and ${maxWebhooks.inAll} in all; delete one that is not needed.`,
        );
      if (idempotency && result.outcome === 'key_exists') return replay(result.record, caller, idempotency);
      context.wake();
      return { webhook, secret, replayed: false };
    },

    get: visible,

    list: (page, caller) => store.listWebhooks(visibleAccounts(caller), page),

    async patch(id, patch, caller) {
      await visible(id, caller);
      const url = patch.url === undefined ? null : sealedUrl(patch.url, id);
      const accounts = patch.accounts === undefined ? null : checkedAccounts(patch.accounts, caller);
      const secret = newSecret(runtime);
      const sealedSecret = url === null ? null : context.seal(secret, secretPlace(id));
      checkNames(patch.headers);
      checkCertificates(patch.caCertificates);
      let moved = false;
      const changed = await store.updateWebhook(
        id,
        (current) => {
          if (!mayKnow(caller, current)) throw notFound();
          expectVersion('webhook', current, caller);
          moved = url !== null && url.display !== current.url.display;
          return {
            ...current,
            url: url ?? current.url,
            ...(moved && sealedSecret !== null && { sealedSecret, previousSecret: null }),
            accounts: accounts ?? current.accounts,
            description: patch.description === undefined ? current.description : patch.description,
            eventTypes: patch.eventTypes ?? current.eventTypes,
            ...(patch.headers !== undefined
              ? { headers: sealedHeaders(mergedHeaders(moved ? {} : openedHeaders(current), patch.headers), id) }
              : moved && { headers: null }),
            ...(patch.caCertificates !== undefined && { caCertificates: patch.caCertificates }),
            enabled: patch.enabled ?? current.enabled,
            disabledReason: patch.enabled === undefined ? current.disabledReason : null,
            updatedAt: runtime.now(),
          };
        },
        caller.audit,
      );
      if (changed === null) throw notFound();
      context.wake();
      return { webhook: changed, secret: moved ? secret : null };
    },

    async rotateSecret(id, overlapMs, caller, idempotency) {
      await visible(id, caller);
      const secret = newSecret(runtime);
      const sealedSecret = context.seal(secret, secretPlace(id));
      const key = idempotency === undefined ? null : digestOf(idempotency);
      let replayed = false;
      const changed = await store.updateWebhook(
        id,
        (current) => {
          if (!mayKnow(caller, current)) throw notFound();
          replayed = key !== null && current.rotatedBy?.key === key;
          if (replayed) {
            if (current.rotatedBy?.fingerprint !== idempotency?.fingerprint) throw keyReused();
            return null;
          }
          expectVersion('webhook', current, caller);
          const now = runtime.now();
          const previousSecret = overlapMs === 0 ? null : { sealed: current.sealedSecret, until: now + overlapMs };
          const rotatedBy =
            key === null || idempotency === undefined ? null : { key, fingerprint: idempotency.fingerprint };
          return { ...current, sealedSecret, previousSecret, rotatedBy, updatedAt: now };
        },
        caller.audit,
      );
      if (changed === null) throw notFound();
      return { webhook: changed, secret: context.open(changed.sealedSecret, secretPlace(changed.id)), replayed };
    },

    async test(id, caller) {
      const webhook = await visible(id, caller);
      if (testing.has(id)) throw new Problem('invalid_state', 'A test message is already under way.');
      testing.add(id);
      try {
        const eventId = newId('evt', runtime);
        const result = await context.post(webhook, eventId, testEvent(eventId, id, runtime.now()));
        const { status } = result;
        const delivered = status !== null && status >= 200 && status < 300;
        const error = status === null ? result.error : `the receiver answered ${status}`;
        return { delivered, status, error: delivered ? null : error };
      } finally {
        testing.delete(id);
      }
    },

    async remove(id, caller) {
      const removed = await store.removeWebhook(
        id,
        (current) => {
          if (!mayKnow(caller, current)) throw notFound();
          expectVersion('webhook', current, caller);
        },
        caller.audit,
      );
      if (!removed) throw notFound();
    },

    async deliveries(id, filter, page, caller) {
      await visible(id, caller);
      return store.listDeliveries(id, filter, page);
    },

    async redeliver(id, deliveryId, caller): Promise<Delivery> {
      await visible(id, caller);
      const delivery = await store.redeliver(id, deliveryId, runtime.now(), caller.audit);
      if (delivery === null) throw new Problem('not_found', 'No such delivery exists.');
      context.wake();
      return delivery;
    },
  };
}

/** Whether the caller may use every account of the webhook. */
function mayKnow(caller: WebhookCaller, { accounts }: Webhook): boolean {
  return accounts.every((account) => hasGrant(caller, account));
}

function checkNames(headers: Readonly<Record<string, unknown>> | null | undefined): void {
  const errors = Object.keys(headers ?? {}).flatMap((name) => {
    const fault = headerNameFault(name);
    return fault === null ? [] : [{ pointer: `/headers/${name.replaceAll('~', '~0')}`, detail: fault }];
  });
  if (errors.length > 0) throw new Problem('invalid_request', 'A header of this name cannot be sent.', { errors });
}

function checkCertificates(pem: string | null | undefined): void {
  if (pem === null || pem === undefined) return;
  const parts = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  try {
    if (parts.length === 0 || /PRIVATE KEY/.test(pem)) throw new Error('no certificate');
    for (const part of parts) new X509Certificate(part);
  } catch {
    throw new Problem('invalid_request', 'The certificates cannot be read.', {
      errors: [{ pointer: '/caCertificates', detail: 'must be one or more certificates in PEM, without a key' }],
    });
  }
}

function notFound(): Problem {
  return new Problem('not_found', 'No such webhook exists.');
}

function keyReused(): Problem {
  return new Problem('idempotency_key_reused', 'This idempotency key was already used with another request.');
}

/** Digest of a key and its caller, which together are unique. */
function digestOf({ caller, key }: IdempotencyKey): string {
  return createHash('sha256')
    .update(JSON.stringify([caller, key]))
    .digest('hex');
}
